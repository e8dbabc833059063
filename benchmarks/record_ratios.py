"""The project's own benchmarks, a few rounds each, as documents of figures for a history.

    python -m benchmarks.record_ratios --out FOLDER [--commit SHA] [decoder recorder reader previews]
    python -m load history add FOLDER/*.json && python -m load trend

Only ratios between things that ran in turns on the same machine are kept: a history of seconds would be a history of
machines. A minute or two in all.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.readers.contest import BARE, Contest
from load.history.figures_document import FiguresDocument

Figures = dict[str, float]
_CADENCE_MS = 200.0


def _written(*command: str) -> Any:
    """What a benchmark writes with ``--json``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.json"
        subprocess.run([sys.executable, *command, "--json", str(path)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        return json.loads(path.read_text("utf-8"))


def decoder() -> Figures:
    """Our decoder's speed over that of other readers, for large and small events."""
    results = _written("-m", "benchmarks.decoder", "--rounds", "3")["results"]
    speeds = {(one["workload"], one["reader"]): one["megabytes_per_second"] for one in results}
    return {
        f"speed_over_{reader}_{workload}".replace(" ", "_").replace("-", "_").lower(): speeds[workload, "ours"]
        / speeds[workload, reader]
        for workload, reader in speeds
        if reader != "ours" and workload in ("2 MB events", "1 KB events")
    }


def recorder() -> Figures:
    """What a check adds to reading the same stream, over the half second that it may."""
    return {"share_of_half_a_second": _written("-m", "benchmarks.overhead", "--runs", "3")["share_of_half_a_second"]}


def reader() -> Figures:
    """Processor time of an event in our readers over that in a bare one, at 200 streams."""
    contest = Contest(seconds=3)
    names = {"precise": "ours, precise", "fast": "ours, fast"}
    rounds = [
        {name: contest.run(name, users=200, cadence_ms=_CADENCE_MS) for name in (*names.values(), BARE)}
        for _ in range(2)
    ]
    return {
        f"cost_over_bare_{short}": median(
            of_round[name].processor_seconds_per_10000 / of_round[BARE].processor_seconds_per_10000
            for of_round in rounds
        )
        for short, name in names.items()
    }


def previews() -> Figures:
    """Processor time of a generation of the reference app with previews, over one without."""
    percent = _written("-m", "benchmarks.previews", "--rounds", "4")["overhead_percent"]["cpu_seconds"]
    return {"cpu_with_over_without": 1 + percent / 100}


BENCHMARKS: dict[str, Callable[[], Figures]] = {one.__name__: one for one in (decoder, recorder, reader, previews)}


def main() -> None:
    """Run them, and write one document each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)}; all, if left out")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--commit", default="")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"{min(unknown)!r} is none of {', '.join(BENCHMARKS)}")
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names or BENCHMARKS:
        document = FiguresDocument(
            series=f"benchmarks/{name}",
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            commit=options.commit,
            hardware=f"{platform.system()} {platform.machine()}",
            figures=BENCHMARKS[name](),
        )
        path = options.out / f"{name}.json"
        path.write_bytes(document.as_json())
        words = ", ".join(f"{figure} {value:.3f}" for figure, value in document.figures.items())
        print(f"{path}: {words}", flush=True)


if __name__ == "__main__":
    main()
