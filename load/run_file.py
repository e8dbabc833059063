"""A run as lines of text: first what was run, then one JSON object a stream, exact to the nanosecond.

The first line names the format and its version. Lines are written as streams end, so a file that was cut short
holds every stream but the last. No header that was sent is ever written, and neither is the payload: its
digest is enough to tell two apart. Callers open files.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from load.errors import RunFileError
from load.stream_row import Outcome, StreamRow

__all__ = ["FORMAT", "VERSION", "Fingerprint", "Run", "fingerprint_line", "read_run", "row_line", "write_run"]

FORMAT = "fal-stream-load-run"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What was run, on what. Runs that differ here are not comparable without a thought.

    Attributes:
        started_at: Wall-clock start, ISO 8601 in UTC; for people, never for arithmetic.
        scenario: The scenario's name.
        endpoint: The URL, without credentials.
        users: How many users there were to be, or None when that was left to Locust's web page.
        run_seconds: For how long new streams were to be started, or None for no limit.
        payload_sha256: Digest of the payload as canonical JSON (sorted keys, no spaces).
        payload_bytes: Size of that JSON.
        locust: Locust's version.
        python: Python's version.
        machine: Operating system and processor architecture of the generator.
        processors: How many processors the generator could use.
    """

    started_at: str
    scenario: str
    endpoint: str
    users: int | None
    run_seconds: float | None
    payload_sha256: str
    payload_bytes: int
    locust: str
    python: str
    machine: str
    processors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run read back: what was run, and its streams in the order in which they ended."""

    fingerprint: Fingerprint
    rows: tuple[StreamRow, ...]


def fingerprint_line(fingerprint: Fingerprint) -> str:
    """The first line of a run file, with its line break."""
    return _line("run", {"format": FORMAT, "version": VERSION, **asdict(fingerprint)})


def row_line(row: StreamRow) -> str:
    """The line of one stream, with its line break."""
    return _line("stream", {**asdict(row), "outcome": row.outcome.value})


def write_run(run: Run) -> Iterator[str]:
    """The lines of a whole run."""
    yield fingerprint_line(run.fingerprint)
    yield from map(row_line, run.rows)


def read_run(lines: Iterable[str]) -> Run:
    """Build the run that the lines describe. A last line without a line break was torn off, and is left out.

    Raises:
        RunFileError: The lines are not a run, or one of another version; the text names the line.
    """
    fingerprint: Fingerprint | None = None
    rows: list[StreamRow] = []
    for number, line in enumerate(lines, start=1):
        if not line.endswith("\n"):
            break
        try:
            record = json.loads(line)
            if fingerprint is None:
                fingerprint = _fingerprint(record)
            else:
                rows.append(_row(record))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RunFileError(f"line {number} of the run file is not valid: {error}") from error
    if fingerprint is None:
        raise RunFileError("the file holds no run")
    return Run(fingerprint=fingerprint, rows=tuple(rows))


def _line(kind: str, fields: dict[str, Any]) -> str:
    return json.dumps({"line": kind, **fields}, ensure_ascii=True, separators=(",", ":")) + "\n"


def _expect(record: dict[str, Any], name: str, expected: object) -> None:
    if record.pop(name) != expected:
        raise ValueError(f"expected {name} to be {expected!r}")


def _fingerprint(record: dict[str, Any]) -> Fingerprint:
    _expect(record, "line", "run")
    _expect(record, "format", FORMAT)
    _expect(record, "version", VERSION)
    return Fingerprint(**record)


def _row(record: dict[str, Any]) -> StreamRow:
    _expect(record, "line", "stream")
    record["event_ns"] = tuple(record["event_ns"])
    record["pictures"] = tuple(record["pictures"])
    record["outcome"] = Outcome(record["outcome"])
    return StreamRow(**record)
