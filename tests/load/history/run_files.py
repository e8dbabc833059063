"""Made-up runs as files, each another one."""

from dataclasses import replace
from pathlib import Path

from load.run import Run
from load.run_file import write_run
from tests.load.fingerprint import FINGERPRINT
from tests.load.rows import a_run, quick_stream

__all__ = ["made_up_run", "run_file"]


def made_up_run(number: int = 0, **fingerprint: object) -> Run:
    """Sixty streams whose first preview takes so many milliseconds more than a hundred; a minute after the last run."""
    started_at = f"2026-11-{1 + number // 1440:02d}T{number // 60 % 24:02d}:{number % 60:02d}:00+00:00"
    changed = replace(FINGERPRINT, **{"started_at": started_at, **fingerprint})
    return a_run(*[quick_stream(100 + number)] * 60, fingerprint=changed)


def run_file(folder: Path, number: int = 0, **fingerprint: object) -> Path:
    """The file of such a run."""
    path = folder / f"run-{number}.jsonl"
    path.write_text("".join(write_run(made_up_run(number, **fingerprint))))
    return path
