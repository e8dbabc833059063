"""Two groups of stored runs, and what may be said of them."""

from dataclasses import replace

import pytest

from load.comparison.run_comparison import RunComparison
from load.errors import UsageError
from load.history.entry import HistoryEntry
from load.regression.verdict import RegressionVerdict
from tests.load.history_entry import HISTORY_ENTRY


def runs(*values: float, figure: str = "ttfp_median", **changes) -> list[HistoryEntry]:
    return [replace(HISTORY_ENTRY, figures={figure: value}, **changes) for value in values]


BASE = runs(*(1 + number / 1000 for number in range(20)))
SAME = runs(1.0005, 1.0105, 1.0155)
SLOWER = runs(1.2, 1.21, 1.22)


@pytest.mark.parametrize(
    ("candidate", "verdict", "suspicious"),
    [
        (SLOWER, RegressionVerdict.REGRESSED, False),
        (SAME, RegressionVerdict.NO_REGRESSION, False),
        (SLOWER[:1], RegressionVerdict.NOT_ENOUGH_DATA, True),
        (SAME[:1], RegressionVerdict.NOT_ENOUGH_DATA, False),
        (runs(0.8, 0.81, 0.82), RegressionVerdict.NO_REGRESSION, False),
    ],
    ids=["slower", "the same", "one slow run", "one run", "faster"],
)
def test_the_verdict(candidate, verdict, suspicious):
    """A single run proves nothing; it may be reason to run again."""
    comparison = RunComparison.of(BASE, candidate)
    assert (comparison.verdict, comparison.is_suspicious) == (verdict, suspicious)


def test_of_rates_more_is_better():
    """A fifth fewer pictures a second is a regression, a fifth more is none, and the change is that of the rate."""
    base = runs(*(10 + number / 100 for number in range(20)), figure="images_per_second")
    fewer, more = (
        RunComparison.of(base, runs(*values, figure="images_per_second"))
        for values in ((8.0, 8.01, 8.02), (12.0, 12.01, 12.02))
    )
    assert (fewer.verdict, more.verdict) == (RegressionVerdict.REGRESSED, RegressionVerdict.NO_REGRESSION)
    (one,) = fewer.figures
    assert one.low <= one.change <= one.high < -0.04
    assert one.change == pytest.approx(8.01 / 10.095 - 1, abs=0.001)


def test_what_differs_is_named():
    """With both values, and what lifts it."""
    others = runs(1.2, blocking={**HISTORY_ENTRY.blocking, "users": "8"})
    with pytest.raises(UsageError, match=r"the runs differ in users: '4' and '8'; .*--allow-different users"):
        RunComparison.of(BASE, others)
    assert RunComparison.of(BASE, others, allowed=["users"]).candidate_runs == 1


def test_a_field_that_there_is_not():
    """It is answered with those there are."""
    with pytest.raises(UsageError, match=r"'user' is no field .* the fields are users, payload"):
        RunComparison.of(BASE, SAME, allowed=["user"])


def test_noisy_and_invalid_runs_do_not_count():
    """They are counted as left out."""
    comparison = RunComparison.of([*BASE, *runs(9.0, is_noisy=True)], [*SAME, *runs(9.0, is_valid=False)])
    assert (comparison.base_runs, comparison.candidate_runs, comparison.left_out) == (20, 3, 2)
    with pytest.raises(UsageError, match="every run of one side is noisy or invalid"):
        RunComparison.of(BASE, runs(1.0, is_noisy=True))


def test_a_figure_that_there_is_not():
    """It is answered with those there are."""
    with pytest.raises(UsageError, match="both sides have no positive 'speed'; they have ttfp_median"):
        RunComparison.of(BASE, SAME, figures=["speed"])


def test_a_share_of_nothing_is_not_compared():
    """No ratio leads away from zero."""
    base = runs(*[0.0] * 5, figure="failure_ratio")
    with pytest.raises(UsageError, match="the runs have no figures in common"):
        RunComparison.of(base, base)


def test_more_figures_make_it_harder():
    """Three runs of 20 are enough for two figures, and not for twenty."""
    names = [f"figure_{number}" for number in range(20)]
    base, candidate = (
        [replace(entry, figures=dict.fromkeys(names, entry.figures["ttfp_median"])) for entry in side]
        for side in (BASE, SLOWER)
    )
    few, many = (RunComparison.of(base, candidate, figures=names[:count]) for count in (2, 20))
    assert (few.verdict, many.verdict) == (RegressionVerdict.REGRESSED, RegressionVerdict.NOT_ENOUGH_DATA)


def test_runs_on_both_sides_are_the_candidates():
    """The newest runs of a branch hold the candidate's own, which would hide what they show."""
    base, candidate = (
        [replace(entry, run_id=f"{name}{number:015}") for number, entry in enumerate(side)]
        for name, side in (("b", BASE), ("c", SLOWER))
    )
    assert RunComparison.of([*base, *candidate], candidate) == replace(RunComparison.of(base, candidate), on_both=3)


def test_a_single_run_confirms_nothing():
    """However many runs the base has, and however sure the bounds are."""
    base = runs(*(1 + number / 10_000 for number in range(400)))
    once, twice = (RunComparison.of(base, SLOWER[:count]) for count in (1, 2))
    assert (once.verdict, once.is_suspicious) == (RegressionVerdict.REGRESSED, True)
    assert (twice.verdict, twice.is_suspicious) == (RegressionVerdict.REGRESSED, False)
