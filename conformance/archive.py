"""Transcripts in files: one file an exchange, one folder a run."""

from pathlib import Path

from conformance.core import Transcript, UsageError, read_transcript, write_transcript

__all__ = ["TranscriptFolder", "prepare_file", "read_transcript_file", "write_text", "write_transcript_file"]


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
            return read_transcript(file)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"the transcript {str(path)!r} cannot be read: {reason}") from error


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {str(path)!r} cannot be made: {error.strerror}") from error
