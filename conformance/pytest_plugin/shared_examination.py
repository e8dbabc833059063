"""One examination for all workers of pytest-xdist: the first one to come records it, the others read it."""

import json
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from conformance.archive import read_transcript_file, write_text, write_transcript_file
from conformance.examination import Examination

__all__ = ["examined_once"]

_NOT_ASKED = "not_asked.json"


def examined_once(folder: Path, examine: Callable[[], Examination]) -> Examination:
    """The examination that a folder holds; it is made and kept there where it is not.

    Args:
        folder: A folder that all workers see, for this examination alone. Its neighbour with the suffix ``.lock``
            keeps the others waiting, and is freed by the system where a worker dies.
        examine: Makes it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if (folder / _NOT_ASKED).exists():
            return _read(folder)
        examination = examine()
        _write(folder, examination)
        return examination


def _write(folder: Path, examination: Examination) -> None:
    for number, transcript in enumerate(examination.transcripts):
        write_transcript_file(folder / f"{number:04}.jsonl", transcript)
    # Last, since it says that the rest is whole.
    write_text(folder / _NOT_ASKED, json.dumps(dict(examination.not_asked)))


def _read(folder: Path) -> Examination:
    return Examination(
        transcripts=tuple(read_transcript_file(file) for file in sorted(folder.glob("*.jsonl"))),
        not_asked=json.loads((folder / _NOT_ASKED).read_text("utf-8")),
    )
