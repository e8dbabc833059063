"""A run as lines of text: first what was run, then one JSON object a stream, exact to the nanosecond.

The first line names the format and its version. Other lines are written as things happen, so a file that was cut
short holds everything but its last line. No header that was sent is ever written, and neither is the payload: its
digest is enough to tell two apart. Callers open files.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from load.errors import RunFileError
from load.run import Fingerprint, GeneratorTick, Mark, Run, RunEnd, ServerSample
from load.stream_row import StreamRow

__all__ = ["FORMAT", "VERSION", "Record", "fingerprint_line", "read_record", "read_run", "record_line", "write_run"]

FORMAT = "fal-stream-load-run"
VERSION = 2

_TYPE_OF_LINE: dict[str, type] = {
    "stream": StreamRow,
    "tick": GeneratorTick,
    "server": ServerSample,
    "mark": Mark,
    "end": RunEnd,
}
_LINE_OF_TYPE = {type_: line for line, type_ in _TYPE_OF_LINE.items()}

Record = StreamRow | GeneratorTick | ServerSample | Mark | RunEnd
"""Whatever a line after the first may hold."""


def fingerprint_line(fingerprint: Fingerprint) -> str:
    """The first line of a run file, with its line break."""
    fields = {"line": "run", "format": FORMAT, "version": VERSION, **msgspec.to_builtins(fingerprint)}
    return msgspec.json.encode(fields).decode() + "\n"


def record_line(record: Record) -> str:
    """The line of one stream, tick, sample or mark, with its line break."""
    return f'{{"line":"{_LINE_OF_TYPE[type(record)]}",{msgspec.json.encode(record).decode()[1:]}\n'


def write_run(run: Run) -> Iterator[str]:
    """The lines of a whole run."""
    yield fingerprint_line(run.fingerprint)
    for records in (run.rows, run.ticks, run.samples, run.marks):
        yield from map(record_line, records)
    if run.end is not None:
        yield record_line(run.end)


def read_record(line: str) -> Record:
    """What one line after the first holds.

    Raises:
        ValueError: The line is not a record.
    """
    fields = _fields(line)
    kind = fields.pop("line", None)
    if kind not in _TYPE_OF_LINE:
        raise ValueError(f"expected a line of kind {', '.join(_TYPE_OF_LINE)}, found {kind!r}")
    record: Record = msgspec.convert(fields, _TYPE_OF_LINE[kind])
    return record


def read_run(lines: Iterable[str]) -> Run:
    """Build the run that the lines describe. A last line without a line break was torn off, and is left out.

    Raises:
        RunFileError: The lines are not a run, or one of another version; the text names the line.
    """
    fingerprint: Fingerprint | None = None
    records: dict[type, list[Any]] = {type_: [] for type_ in _TYPE_OF_LINE.values()}
    for number, line in enumerate(lines, start=1):
        if not line.endswith("\n"):
            break
        try:
            if fingerprint is None:
                fingerprint = _fingerprint(line)
            else:
                record = read_record(line)
                records[type(record)].append(record)
        except (ValueError, TypeError) as error:
            raise RunFileError(f"line {number} of the run file is not valid: {error}") from error
    if fingerprint is None:
        raise RunFileError("the file holds no run")
    return Run(
        fingerprint=fingerprint,
        rows=tuple(records[StreamRow]),
        ticks=tuple(records[GeneratorTick]),
        samples=tuple(records[ServerSample]),
        marks=tuple(records[Mark]),
        end=records[RunEnd][-1] if records[RunEnd] else None,
    )


def _fields(line: str) -> dict[str, Any]:
    fields = msgspec.json.decode(line)
    if not isinstance(fields, dict):
        raise ValueError("expected a JSON object")
    return fields


def _fingerprint(line: str) -> Fingerprint:
    fields = _fields(line)
    for name, expected in (("line", "run"), ("format", FORMAT), ("version", VERSION)):
        if fields.pop(name, None) != expected:
            raise ValueError(f"expected {name} to be {expected!r}")
    return msgspec.convert(fields, Fingerprint)
