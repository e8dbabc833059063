"""How a run goes on, read from its growing file."""

from collections import deque
from fractions import Fraction
from pathlib import Path

from load.metrics.first_preview import FIRST_PREVIEW
from load.quantiles import nearest_rank
from load.run import Mark
from load.run_file import read_record
from load.stream_row import StreamRow

__all__ = ["RunProgress"]

_NEWEST = 50


class RunProgress:
    """Reads what was added to a run file since it was last asked."""

    def __init__(self, path: Path) -> None:
        """Begin with a file that need not exist yet."""
        self._path = path
        self._read_bytes = 0
        self._ended = self._failed = 0
        self._stage = ""
        self._firsts: deque[float] = deque(maxlen=_NEWEST)

    def line(self) -> str:
        """One line for people: how many streams ended, how many failed, how soon the newest showed something."""
        self._read()
        words = ["1 stream ended" if self._ended == 1 else f"{self._ended} streams ended"]
        if self._failed:
            words.append(f"{self._failed} failed")
        if self._firsts:
            words.append(f"first preview after {nearest_rank(self._firsts, Fraction(50)):.2f} s")
        if self._stage:
            words.append(self._stage)
        return ", ".join(words)

    def _read(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read_bytes)
            new = file.read()
        # A line that is being written is read the next time.
        whole = new[: new.rfind(b"\n") + 1]
        lines = whole.decode().split("\n")[:-1]
        for line in lines if self._read_bytes else lines[1:]:
            self._take(line)
        self._read_bytes += len(whole)

    def _take(self, line: str) -> None:
        match read_record(line):
            case StreamRow() as row:
                self._ended += 1
                self._failed += row.outcome.is_failure
                self._firsts.extend(FIRST_PREVIEW.of(row))
            case Mark() as mark:
                self._stage = mark.text
