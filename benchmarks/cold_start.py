"""How long a user waits after the reference app is started, until the first preview.

    python -m benchmarks.cold_start [--runs 5] [--json PATH]

The whole process each time: starting Python, importing, loading the model, one warm-up, and the first generation over
HTTP. The simulated pipeline shows what is left without torch and diffusers; the two alternate.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.app_process import running_app

PIPELINES = {
    "embedded": ("--pipeline", "embedded"),
    "simulated": ("--pipeline", "simulated", "--step-seconds", "0"),
}


def measure(options: tuple[str, ...]) -> tuple[float, float]:
    """Seconds from the start of the process until it is ready, and from there to the first preview."""
    started = time.perf_counter()
    with running_app(*options) as (url, _):
        ready = time.perf_counter()
        with httpx.stream("POST", f"{url}/stream", json={"prompt": "a red circle"}, timeout=60) as response:
            next(chunk for chunk in response.iter_raw() if chunk.startswith(b"data:"))
            return ready - started, time.perf_counter() - ready


def main() -> None:
    """Measure, print, and write the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in PIPELINES}
    for _ in range(options.runs):
        for name, measured in runs.items():
            measured.append(measure(PIPELINES[name]))
    table = Table("pipeline", "ready", "first preview after", "in all")
    figures = {}
    for name, measured in runs.items():
        ready, first = (statistics.median(column) for column in zip(*measured, strict=True))
        figures[name] = {"ready_seconds": ready, "first_preview_seconds": first}
        table.add_row(name, f"{ready:.2f} s", f"{first:.2f} s", f"{ready + first:.2f} s")
    Console().print(table)
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
