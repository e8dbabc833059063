"""What stored runs can tell, where only one deployment can be run at a time: `load compare` beside other rules.

Runs of 40 streams of 800 ms: 7 % spread within a run, 3 % of streams 1.5 to 4 times as long, 6 % spread between hosts,
and a tenth of runs on a host that is 1.3 to 1.8 times slower, as is usual on shared machines. The base has 20 runs.
Seeds are fixed.

    python -m benchmarks.regression.single_deployment [--repetitions 2000]
"""

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from load.comparison.figure_comparison import FigureComparison
from load.comparison.run_comparison import DEFAULT_FIGURES
from load.regression.verdict import RegressionVerdict

_SEED = 20261123
_STREAMS, _BASE_RUNS = 40, 20
_EFFECTS = (0.0, 0.05, 0.10, 0.20)
_MARGIN, _ERROR_RATE = 0.04, 0.01

Runs = NDArray[np.float64]
"""One row a run, one column a stream, in seconds."""


def _runs(random: np.random.Generator, runs: int, effect: float) -> Runs:
    hosts = random.lognormal(0, 0.06, runs)
    slow = random.random(runs) < 0.10
    hosts = np.where(slow, hosts * random.uniform(1.3, 1.8, runs), hosts)
    streams = random.lognormal(0, 0.07, (runs, _STREAMS))
    straggles = random.random(streams.shape) < 0.03
    streams = np.where(straggles, streams * random.uniform(1.5, 4, streams.shape), streams)
    return np.asarray(0.8 * (1 + effect) * hosts[:, None] * streams)


def _compare(base: Runs, candidate: Runs) -> FigureComparison:
    sides = (np.median(runs, axis=1).tolist() for runs in (base, candidate))
    return FigureComparison.of("ttfp_median", *sides, margin=_MARGIN, error_rate=_ERROR_RATE / len(DEFAULT_FIGURES))


def _is_regressed(base: Runs, candidate: Runs) -> bool:
    return _compare(base, candidate).verdict is RegressionVerdict.REGRESSED


def _is_suspicious(base: Runs, candidate: Runs) -> bool:
    return _compare(base, candidate).is_suspicious


def _last_mean(base: Runs, candidate: Runs) -> bool:
    return bool(candidate[-1].mean() > 1.05 * base[-1].mean())


def _last_ranks(base: Runs, candidate: Runs) -> bool:
    return bool(stats.mannwhitneyu(candidate[-1], base[-1], alternative="greater").pvalue < 0.002)


def _prediction(base: Runs, candidate: Runs) -> bool:
    medians = np.median(base, axis=1)
    half = stats.t.ppf(0.99, len(medians) - 1) * medians.std(ddof=1) * np.sqrt(1 + 1 / len(medians))
    return bool(np.median(candidate[-1]) > medians.mean() + half)


def _pooled_student(base: Runs, candidate: Runs) -> bool:
    sides = [np.log(np.median(runs, axis=1)) for runs in (candidate, base)]
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


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=2000)
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


if __name__ == "__main__":
    _main()
