"""How often `load ab` is wrong, and what it finds: its own rule on made-up runs, two metrics each, seeds fixed.

Durations are 800 ms with a spread of 7 % within a run, and only one of the two metrics is slower where one is: together
they would be found sooner. Beside that, by the names of the table:

- `tails`: 3 % of streams are stragglers, 1.5 to 4 times as long;
- `drift`: the host's speed wanders by 1 % a block, and moves by 10 % (standard deviation) over the run;
- `slow host`: in a third of the runs the host is 1.3 to 1.8 times slower for a third of the blocks;
- `all`: all of it at once.

    python -m benchmarks.regression.ab_simulation [--repetitions 10000]
"""

import argparse
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from load.regression.arm_block import Arm
from load.regression.interleaved_plan import InterleavedPlan
from load.regression.log_ratio import LogRatios
from load.regression.metric_comparison import verdict_of
from load.regression.verdict import RegressionVerdict
from load.workload.blocks import arm_in

_SPREAD = 0.07
_STRAGGLERS, _LONGER = 0.03, (1.5, 4.0)
_WANDER, _DRIFT = 0.01, 0.10
_SLOW_RUNS, _SLOWER = 1 / 3, (1.3, 1.8)
_METRICS = 2
_EFFECTS = (0.0, 0.04, 0.05, 0.10, 0.20)
_WORLDS = ("tails", "drift", "slow host", "all")
_SEED = 20261123


@dataclass(frozen=True, slots=True)
class _World:
    """What goes on beside the effect."""

    name: str
    plan: InterleavedPlan

    def log_ratios(self, random: np.random.Generator, effect: float) -> NDArray[np.float64]:
        """One row a metric, one column a round: the log ratio of the block medians."""
        blocks = 2 * self.plan.rule.most_rounds
        seed = int(random.integers(2**31))
        arms = np.array([arm_in(block, tuple(Arm), seed=seed) is Arm.CANDIDATE for block in range(blocks)])
        effects = (effect, *([0.0] * (_METRICS - 1)))
        medians = [np.median(self._durations(random, arms, one), axis=1) for one in effects]
        logs = np.log(np.array(medians)).reshape(_METRICS, -1, 2)
        difference: NDArray[np.float64] = logs[:, :, 1] - logs[:, :, 0]
        return np.where(arms.reshape(-1, 2)[:, 1], difference, -difference)

    def _durations(self, random: np.random.Generator, arms: NDArray[np.bool_], effect: float) -> NDArray[np.float64]:
        shape = (len(arms), self.plan.streams_per_block)
        durations = 0.8 * np.exp(random.normal(0, _SPREAD, shape))
        if self.name in ("tails", "all"):
            straggles = random.random(shape) < _STRAGGLERS
            durations = np.where(straggles, durations * random.uniform(*_LONGER, shape), durations)
        host = self._host(random, len(arms))
        return np.asarray(durations * (host * np.where(arms, 1 + effect, 1.0))[:, None])

    def _host(self, random: np.random.Generator, blocks: int) -> NDArray[np.float64]:
        speed = np.ones(blocks)
        if self.name in ("drift", "all"):
            wander = np.cumsum(random.normal(0, _WANDER, blocks))
            speed *= np.exp(wander + random.normal(0, _DRIFT) * np.linspace(0, 1, blocks))
        if self.name in ("slow host", "all") and random.random() < _SLOW_RUNS:
            start = int(random.integers(blocks))
            speed[start : start + blocks // 3] *= random.uniform(*_SLOWER)
        return speed


def _outcome(logs: NDArray[np.float64], plan: InterleavedPlan) -> tuple[RegressionVerdict, int]:
    """What it ends in, and after how many rounds: as `load ab` decides, failures counted as one more comparison."""
    settled = [False] * len(logs)
    for rounds in plan.rule.looks:
        ratios = [LogRatios(tuple(map(float, metric[:rounds]))) for metric in logs]
        verdicts = [verdict_of(one, plan.rule, metrics=_METRICS + 1) for one in ratios]
        pairs = zip(settled, verdicts, strict=True)
        settled = [before or verdict is RegressionVerdict.NO_REGRESSION for before, verdict in pairs]
        if RegressionVerdict.REGRESSED in verdicts:
            return RegressionVerdict.REGRESSED, rounds
        if all(settled):
            return RegressionVerdict.NO_REGRESSION, rounds
    return RegressionVerdict.NOT_ENOUGH_DATA, plan.rule.most_rounds


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=10_000)
    repetitions = parser.parse_args().repetitions
    plan = InterleavedPlan()
    print("| beside it | slower by | regressed | no regression | not enough data | generations |")
    print("| --- | --: | --: | --: | --: | --: |")
    for name in _WORLDS:
        for effect in _EFFECTS:
            random = np.random.default_rng([_SEED, _WORLDS.index(name), round(1000 * effect)])
            world = _World(name, plan)
            outcomes = [_outcome(world.log_ratios(random, effect), plan) for _ in range(repetitions)]
            shares = Counter(verdict for verdict, _ in outcomes)
            cells = " | ".join(f"{100 * shares[verdict] / repetitions:.2f} %" for verdict in RegressionVerdict)
            streams = 2 * plan.streams_per_block * sum(rounds for _, rounds in outcomes) / repetitions
            print(f"| {name} | {effect:.0%} | {cells} | {streams:.0f} |", flush=True)


if __name__ == "__main__":
    _main()
