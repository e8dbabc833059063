"""How long a history of many runs takes to list, to compare and to follow: whole commands, beside a short history.

The index is filled with made-up runs; no run file is there, since none of these commands opens one.

    python -m benchmarks.history [--runs 10000] [--rounds 5]
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from load.history.entry import HistoryEntry
from load.history.history import History
from load.history.index import Index, sqlite_url

_FIGURES = ("ttfp", "time_to_final", "inter_preview_latency", "time_to_headers", "longest_gap", "jitter", "tail")
_STATISTICS = ("mean", "median", "p95")
_FIRST = datetime(2024, 1, 1, tzinfo=UTC)
_COMMANDS = {
    "list": ("history", "list"),
    "list --format json": ("history", "list", "--format", "json"),
    "compare 20 with 3": ("compare", "tag:base", "tag:candidate"),
    "trend": ("trend", "--branch", "main"),
}


def _entry(number: int, runs: int, chance: random.Random) -> HistoryEntry:
    slower = 1.1 if number > runs * 2 // 3 else 1.0
    figures = {
        f"{name}_{statistic}": chance.lognormvariate(0, 0.06) * slower for name in _FIGURES for statistic in _STATISTICS
    }
    newest = runs - number
    return HistoryEntry(
        run_id=f"{number:016x}",
        started_at=(_FIRST + timedelta(hours=number)).isoformat(),
        scenario="steady",
        endpoint="https://fal.run/owner/app/stream",
        commit=f"{number:040x}",
        tag="candidate" if newest <= 3 else "base" if newest <= 23 else "",
        branch="main",
        hardware="NVIDIA H100",
        is_noisy=False,
        is_valid=True,
        figures={**figures, "images_per_second": chance.lognormvariate(0, 0.06), "failure_ratio": 0.0},
        blocking={"scenario": "steady", "users": "4", "payload": "00" * 32},
    )


def _fill(place: Path, runs: int) -> None:
    with History.open(str(place), is_made=True):
        pass
    chance = random.Random(8)  # noqa: S311 - made-up figures
    index = Index(sqlite_url(place / "index.sqlite"))
    for number in range(runs):
        index.put(_entry(number, runs, chance))
    index.close()


def _seconds(arguments: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, "-m", "load", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return time.perf_counter() - began


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        full, empty = Path(name) / "full", Path(name) / "empty"
        _fill(full, options.runs)
        _fill(empty, 30)
        print(f"{'command':20} {options.runs:>8} runs {'30 runs':>9}   (seconds, median of {options.rounds})")
        for title, command in _COMMANDS.items():
            places = {place: (*command, "--history", str(place)) for place in (full, empty)}
            taken: dict[Path, list[float]] = {place: [] for place in places}
            for _ in range(options.rounds):
                for place, arguments in places.items():
                    taken[place].append(_seconds(arguments))
            print(f"{title:20} {median(taken[full]):13.2f} {median(taken[empty]):9.2f}", flush=True)


if __name__ == "__main__":
    _main()
