"""Simulate every scenario and write the figures: ``python -m benchmarks.power``."""

import argparse
import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from benchmarks.power.scenarios import SCENARIOS
from benchmarks.power.tally import SEED, tally
from conformance.rule_pages.power import Figure

DATA = Path(__file__).parents[2] / "conformance" / "rule_pages" / "power.toml"
HEAD = """\
# How often timing rules cry wolf and how often they miss, simulated at their default options.
# Written by `python -m benchmarks.power`; do not edit by hand.
"""


def main() -> None:
    """Write the data file, or another one for a share of the runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="simulate this share of the runs")
    parser.add_argument("--output", type=Path, default=DATA)
    arguments = parser.parse_args()
    figures: list[Figure] = []
    for scenario in SCENARIOS:
        started = time.perf_counter()
        for repeat, runs in scenario.runs:
            figures += tally(scenario, repeat, max(int(runs * arguments.share), 1))
        print(f"{time.perf_counter() - started:6.1f} s  {scenario.name}", file=sys.stderr, flush=True)
    arguments.output.write_text(_document(figures), "utf-8")


def _document(figures: Iterable[Figure]) -> str:
    """One figure a line, in the TOML that is also what a person compares."""
    lines = []
    for figure in figures:
        entries = ", ".join(f"{key} = {json.dumps(value)}" for key, value in asdict(figure).items())
        lines.append(f"    {{ {entries} }},")
    return "\n".join([f'{HEAD}seed = "{SEED}"', "figures = [", *lines, "]", ""])


if __name__ == "__main__":
    main()
