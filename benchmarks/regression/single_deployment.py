"""What stored runs can tell, where only one deployment can be run at a time: `load compare` beside other rules.

Runs of 40 streams of 800 ms: 7 % spread within a run, 3 % of streams 1.5 to 4 times as long, 6 % spread between hosts,
and a tenth of runs on a host that is 1.3 to 1.8 times slower, as is usual on shared machines. The base has 20 runs.
Seeds are fixed.

`compare` looks at two figures, as by default, of which one is slower where one is. The other rules look at that one
only: with two they would cry wolf more often still.

    python -m benchmarks.regression.single_deployment [--repetitions 10000]
"""

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from load.comparison.figure_comparison import is_suspicious, verdict_of
from load.comparison.rank_shift import RankShift
from load.comparison.run_comparison import DEFAULT_FIGURES
from load.regression.verdict import RegressionVerdict

_SEED = 20261123
_STREAMS, _BASE_RUNS = 40, 20
_EFFECTS = (0.0, 0.04, 0.05, 0.10, 0.20)
_MARGIN, _ERROR_RATE = 0.04, 0.01

Runs = NDArray[np.float64]
"""By figure, run and stream, in seconds."""


def _runs(random: np.random.Generator, runs: int, effect: float) -> Runs:
    hosts = random.lognormal(0, 0.06, runs)
    slow = random.random(runs) < 0.10
    hosts = np.where(slow, hosts * random.uniform(1.3, 1.8, runs), hosts)
    streams = random.lognormal(0, 0.07, (len(DEFAULT_FIGURES), runs, _STREAMS))
    straggles = random.random(streams.shape) < 0.03
    streams = np.where(straggles, streams * random.uniform(1.5, 4, streams.shape), streams)
    streams[0] *= 1 + effect
    return np.asarray(0.8 * hosts[:, None] * streams)


def _compare(base: Runs, candidate: Runs) -> list[RankShift]:
    sides = (np.log(np.median(runs, axis=2)).tolist() for runs in (base, candidate))
    return [RankShift(*map(tuple, of_figure)) for of_figure in zip(*sides, strict=True)]


def _is_regressed(base: Runs, candidate: Runs) -> bool:
    level = _ERROR_RATE / len(DEFAULT_FIGURES)
    verdicts = (verdict_of(one, margin=_MARGIN, error_rate=level) for one in _compare(base, candidate))
    return RegressionVerdict.REGRESSED in verdicts


def _is_suspicious(base: Runs, candidate: Runs) -> bool:
    return any(is_suspicious(one, margin=_MARGIN) for one in _compare(base, candidate))


def _last_mean(base: Runs, candidate: Runs) -> bool:
    return bool(candidate[0, -1].mean() > 1.05 * base[0, -1].mean())


def _last_ranks(base: Runs, candidate: Runs) -> bool:
    return bool(stats.mannwhitneyu(candidate[0, -1], base[0, -1], alternative="greater").pvalue < 0.002)


def _prediction(base: Runs, candidate: Runs) -> bool:
    medians = np.median(base[0], axis=1)
    half = stats.t.ppf(0.99, len(medians) - 1) * medians.std(ddof=1) * np.sqrt(1 + 1 / len(medians))
    return bool(np.median(candidate[0, -1]) > medians.mean() + half)


def _pooled_student(base: Runs, candidate: Runs) -> bool:
    sides = [np.log(np.median(runs[0], axis=1)) for runs in (candidate, base)]
    sides[0] = sides[0] - np.log1p(_MARGIN)
    return bool(stats.ttest_ind(*sides, alternative="greater").pvalue < _ERROR_RATE / len(DEFAULT_FIGURES))


_RULES: tuple[tuple[str, int, Callable[[Runs, Runs], bool]], ...] = (
    ("last run, mean more than 5 % above", 1, _last_mean),
    ("last run, Mann-Whitney of streams, p < 0.002", 1, _last_ranks),
    ("99 % prediction interval of run medians", 1, _prediction),
    ("Student's of run medians, margin 4 %, 1 run", 1, _pooled_student),
    ("Student's of run medians, margin 4 %, 3 runs", 3, _pooled_student),
    ("`compare`, 1 run: warning", 1, _is_suspicious),
    ("`compare`, 2 runs: regressed", 2, _is_regressed),
    ("`compare`, 3 runs: regressed", 3, _is_regressed),
    ("`compare`, 5 runs: regressed", 5, _is_regressed),
    ("`compare`, 10 runs: regressed", 10, _is_regressed),
)


def held_share(candidate_runs: int, comparisons: int) -> float:
    """How often a slowdown is found in fresh runs that is as large as `compare` named, for nine times in ten."""
    random, held = np.random.default_rng([_SEED, candidate_runs]), 0
    level = _ERROR_RATE / len(DEFAULT_FIGURES)
    for _ in range(comparisons):
        named = _compare(_runs(random, _BASE_RUNS, 0.0), _runs(random, candidate_runs, 0.0))[0]
        shift = named.smallest_shift(float(np.log1p(_MARGIN)), level)
        fresh = _runs(random, _BASE_RUNS, 0.0), _runs(random, candidate_runs, float(np.expm1(shift)))
        held += verdict_of(_compare(*fresh)[0], margin=_MARGIN, error_rate=level) is RegressionVerdict.REGRESSED
    return held / comparisons


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=10_000)
    repetitions = parser.parse_args().repetitions
    print(f"| rule | false alarms | {' | '.join(f'finds {effect:+.0%}' for effect in _EFFECTS[1:])} |")
    print(f"| --- |{' --: |' * len(_EFFECTS)}")
    for place, (name, candidate_runs, rule) in enumerate(_RULES):
        shares = []
        for effect in _EFFECTS:
            random = np.random.default_rng([_SEED, place, round(1000 * effect)])
            sides = (
                (_runs(random, _BASE_RUNS, 0.0), _runs(random, candidate_runs, effect)) for _ in range(repetitions)
            )
            shares.append(sum(rule(base, candidate) for base, candidate in sides) / repetitions)
        print(f"| {name} | {' | '.join(f'{share:.1%}' for share in shares)} |", flush=True)
    for candidate_runs in (2, 3, 5, 10, 20):
        share = held_share(candidate_runs, repetitions // 10)
        print(f"{candidate_runs} runs: what `compare` names as found nine times in ten was found in {share:.0%}")


if __name__ == "__main__":
    _main()
