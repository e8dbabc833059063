"""Transcripts in files: one file an exchange, one folder a run."""

from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import TextIO

from conformance.core import StreamBounds, Transcript, TranscriptError, UsageError, read_transcript, write_transcript

__all__ = [
    "TranscriptFolder",
    "prepare_file",
    "read_baseline",
    "read_transcript_file",
    "read_transcript_files",
    "write_text",
    "write_transcript_file",
]

_JUDGED = "generation"
# A recorder's chunks are some kilobytes; written by hand, one line may hold a whole body.
_MOST_LINE_CHARACTERS = 2 * StreamBounds().body_bytes


class TranscriptFolder:
    """A folder that keeps each transcript under its probe's name, `generation.jsonl`, `generation-2.jsonl`."""

    def __init__(self, path: Path) -> None:
        """Make the folder.

        Raises:
            UsageError: It cannot be made.
        """
        self._path = path
        self._counts: dict[str, int] = {}
        _make_folder(path)

    def keep(self, transcript: Transcript) -> None:
        """Write one transcript."""
        number = self._counts[transcript.probe] = self._counts.get(transcript.probe, 0) + 1
        suffix = f"-{number}" if number > 1 else ""
        write_transcript_file(self._path / f"{transcript.probe}{suffix}.jsonl", transcript)


def write_transcript_file(path: Path, transcript: Transcript) -> None:
    """Write one transcript; its folder is made where it is missing.

    Raises:
        UsageError: The file cannot be written.
    """
    write_text(path, "".join(f"{line}\n" for line in write_transcript(transcript)))


def prepare_file(path: Path) -> None:
    """Make the folder of a file to be written later, so that what cannot be written is known before any cost.

    Raises:
        UsageError: The folder cannot be made, or the path is a folder itself.
    """
    _make_folder(path.parent)
    if path.is_dir():
        raise UsageError(f"{str(path)!r} cannot be written: it is a folder")


def write_text(path: Path, text: str) -> None:
    """Write a file; its folder is made where it is missing.

    Raises:
        UsageError: The file cannot be written.
    """
    _make_folder(path.parent)
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be written: {error.strerror}") from error


def read_transcript_file(path: Path) -> Transcript:
    """Read one transcript.

    Raises:
        UsageError: The file cannot be read.
        TranscriptError: It is not a transcript.
    """
    try:
        with path.open(encoding="utf-8") as file:
            return read_transcript(_lines(file))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"the transcript {str(path)!r} cannot be read: {reason}") from error


def read_baseline(path: Path) -> tuple[Transcript, ...]:
    """The generations of a transcript file, or of a folder of them that an earlier check kept.

    Raises:
        UsageError: Nothing can be read, or there is no generation.
        TranscriptError: A file is not a transcript.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    found = tuple(transcript for file in files if (transcript := read_transcript_file(file)).probe == _JUDGED)
    if not found:
        raise UsageError(f"the baseline {str(path)!r} holds no transcript of a generation")
    return found


def read_transcript_files(paths: Iterable[Path]) -> list[Transcript]:
    """Read transcripts, each of another file: one that counts twice would pass for two runs.

    Raises:
        UsageError: A file cannot be read, or is given twice.
        TranscriptError: One is not a transcript.
    """
    known: set[Path] = set()
    transcripts = []
    for path in paths:
        if path.resolve() in known:
            raise UsageError(f"the transcript {str(path)!r} is given twice, expected each file once")
        known.add(path.resolve())
        transcripts.append(read_transcript_file(path))
    return transcripts


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of a file, of which none is held that is larger than memory should be."""
    for number in count(1):
        line = file.readline(_MOST_LINE_CHARACTERS + 1)
        if len(line) > _MOST_LINE_CHARACTERS:
            raise TranscriptError(f"line {number} of the transcript is longer than {_MOST_LINE_CHARACTERS} characters")
        if not line:
            return
        yield line


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {str(path)!r} cannot be made: {error.strerror}") from error
