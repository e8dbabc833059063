"""How often `trend` sees changes that are not there, and how soon it sees those that are.

python -m benchmarks.regression.trend_simulation

Two series are simulated. *Run medians*: runs of 40 streams at 0.8 s, 7 % spread within a run, 3 % of streams that take
1.5 to 4 times as long, 6 % spread between hosts, and a tenth of runs on a host that is 1.3 to 1.8 times slower.
*A/B ratios*: candidate against baseline on one host, with a spread of 1 %. Seeds are fixed. Minutes of one processor.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from load.trend.detection import change_points
from load.trend.sensitivity import Sensitivity
from load.trend.series import TrendPoint

_SEED = 8
_RUNS_BEFORE = 40
_FIRST_LOOK = 10
_RUNS_TO_FIND_IT = 12
_NEAR_RUNS = 2
_STEPS = (1.05, 1.10, 1.20)
_STREAMS = 40

Draw = Callable[[np.random.Generator, int], np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How a step was found.

    Attributes:
        share: In what share of histories, within the runs that there are to find it.
        median_runs: After how many runs, in the middle; None where it never was.
    """

    share: float
    median_runs: float | None

    def __str__(self) -> str:
        """As a table shows it."""
        if self.median_runs is None:
            return f"{self.share:.0%}"
        return f"{self.share:.0%}, after {self.median_runs:g} run{'' if self.median_runs == 1 else 's'}"


def main() -> None:
    """Simulate and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--histories", type=int, default=1000, help="how many without a change; a third with each step")
    histories = parser.parse_args().histories
    steps = " | ".join(f"{step - 1:+.0%} found" for step in _STEPS)
    print(f"| series | fewest runs | false, looked at once | false, looked at after every run | {steps} |")
    print("| --- | --: | --: | --: | --- | --- | --- |")
    for name, draw in (("run medians", run_medians), ("A/B ratios", ratios)):
        for fewest in (1, 3, Sensitivity().fewest_runs):
            sensitivity = Sensitivity(fewest_runs=fewest)
            once, ever = false_shares(draw, sensitivity, histories)
            found = " | ".join(str(finding(draw, sensitivity, histories // 3, step)) for step in _STEPS)
            print(f"| {name} | {fewest} | {once:.2%} | {ever:.2%} | {found} |", flush=True)


def run_medians(generator: np.random.Generator, runs: int) -> np.ndarray:
    """The medians of runs of an endpoint that stays as it is, in seconds."""
    slow = np.where(generator.random(runs) < 0.10, generator.uniform(1.3, 1.8, runs), 1.0)
    hosts = generator.lognormal(0, 0.06, runs) * slow
    shape = (runs, _STREAMS)
    stragglers = np.where(generator.random(shape) < 0.03, generator.uniform(1.5, 4.0, shape), 1.0)
    return 0.8 * hosts * np.median(generator.lognormal(0, 0.07, shape) * stragglers, axis=1)


def ratios(generator: np.random.Generator, runs: int) -> np.ndarray:
    """Candidate over baseline where both are the same."""
    return generator.lognormal(0, 0.01, runs)


def false_shares(draw: Draw, sensitivity: Sensitivity, histories: int) -> tuple[float, float]:
    """The share of histories without a change in which one is seen: at their end, and by who looks after every run."""
    generator = np.random.default_rng(_SEED)
    once = ever = 0
    for _ in range(histories):
        points = _points(draw(generator, _RUNS_BEFORE))
        seen = [bool(change_points(points[:runs], sensitivity)) for runs in range(_FIRST_LOOK, _RUNS_BEFORE + 1)]
        once, ever = once + seen[-1], ever + any(seen)
    return once / histories, ever / histories


def finding(draw: Draw, sensitivity: Sensitivity, histories: int, step: float) -> Finding:
    """How soon a step that stays is seen where it is, give or take two runs."""
    generator = np.random.default_rng(_SEED)
    found = []
    for _ in range(histories):
        values = draw(generator, _RUNS_BEFORE + _RUNS_TO_FIND_IT)
        values[_RUNS_BEFORE:] *= step
        if (runs := _runs_to_see_it(_points(values), sensitivity)) is not None:
            found.append(runs)
    return Finding(share=len(found) / histories, median_runs=median(found) if found else None)


def _runs_to_see_it(points: Sequence[TrendPoint], sensitivity: Sensitivity) -> int | None:
    for runs in range(1, _RUNS_TO_FIND_IT + 1):
        changes = change_points(points[: _RUNS_BEFORE + runs], sensitivity)
        if any(abs(change.index - _RUNS_BEFORE) <= _NEAR_RUNS for change in changes):
            return runs
    return None


def _points(values: np.ndarray) -> list[TrendPoint]:
    return [
        TrendPoint(at="2026-01-01T00:00:00", run_id=f"{place}", commit="", value=value)
        for place, value in enumerate(values.tolist())
    ]


if __name__ == "__main__":
    main()
