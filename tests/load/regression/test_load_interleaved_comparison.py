"""Candidate against baseline, from made-up runs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.errors import UsageError
from load.exit_code import ExitCode
from load.judged_run import JudgedRun
from load.regression.arm_block import Arm
from load.regression.interleaved_comparison import InterleavedComparison
from load.regression.interleaved_plan import InterleavedPlan
from load.regression.verdict import RegressionVerdict
from load.run import Run
from tests.load.regression.made_up import FINGERPRINT_WORKLOAD, interleaved_run

SAME = [(100, 101), (101, 100), (99, 100), (100, 99), (100, 100), (101, 101)]
SLOWER = [(baseline, candidate * 6 // 5) for baseline, candidate in SAME]
NOISY = [(100, 150), (150, 100), (100, 160), (170, 100), (120, 100), (100, 130)]


def compared(run: Run) -> InterleavedComparison:
    return InterleavedComparison.of(run)


@pytest.mark.parametrize(
    ("rounds", "verdict"),
    [
        (SAME, RegressionVerdict.NO_REGRESSION),
        (SLOWER, RegressionVerdict.REGRESSED),
        (NOISY, RegressionVerdict.NOT_ENOUGH_DATA),
        (SLOWER[:5], RegressionVerdict.NOT_ENOUGH_DATA),
        ([(candidate, baseline) for baseline, candidate in SLOWER], RegressionVerdict.NO_REGRESSION),
    ],
    ids=["the same", "slower", "noisy", "before the first look", "faster"],
)
def test_the_verdict(rounds: list[tuple[int, int]], verdict: RegressionVerdict) -> None:
    """Three answers; a faster candidate is no regression."""
    assert compared(interleaved_run(rounds)).verdict is verdict


def test_the_figures() -> None:
    """Medians of both sides, their ratio, and between what it lies."""
    (one,) = compared(interleaved_run(SLOWER)).metrics
    assert (one.baseline, one.candidate, round(one.ratio, 2)) == (0.1, 0.12, 1.2)
    assert 1.04 < one.low < one.ratio < one.high


def test_what_is_settled_stays_settled() -> None:
    """The first look that settles a metric counts, and later rounds do not unsettle it."""
    comparison = compared(interleaved_run([*SAME, *NOISY]))
    assert [(one.verdict, one.rounds) for one in comparison.metrics] == [(RegressionVerdict.NO_REGRESSION, 6)]


def test_one_metric_that_regressed_is_enough() -> None:
    """The gaps are the same, the first preview is slower: regressed, and over."""
    workload = (*FINGERPRINT_WORKLOAD[:1], ("compare_by", "ttfp,longest_gap"))
    comparison = compared(interleaved_run(SLOWER, workload=workload))
    assert (comparison.verdict, comparison.is_over) == (RegressionVerdict.REGRESSED, True)
    assert [one.verdict for one in comparison.metrics] == [
        RegressionVerdict.REGRESSED,
        RegressionVerdict.NO_REGRESSION,
    ]


def test_failures_alone_are_a_regression() -> None:
    """A candidate that delivers nothing has no durations to compare, and has regressed."""
    comparison = compared(interleaved_run(SAME, failed=(Arm.CANDIDATE,)))
    assert (comparison.metrics, comparison.verdict) == ((), RegressionVerdict.REGRESSED)


def test_two_that_fail_alike_are_not_compared() -> None:
    """Where neither delivers anything, nothing is known."""
    comparison = compared(interleaved_run(SAME, failed=tuple(Arm)))
    assert (comparison.verdict, comparison.more_rounds) == (RegressionVerdict.NOT_ENOUGH_DATA, None)


def test_how_many_more_rounds() -> None:
    """What is open says what it would take, and nothing is over before the most rounds there may be."""
    comparison = compared(interleaved_run([(100, 104), (100, 96), (100, 103), (100, 97), (100, 102), (100, 99)]))
    (one,) = comparison.metrics
    assert comparison.more_rounds == one.rounds_to_settle - 6
    assert not comparison.is_over


def test_the_baselines_own_drift() -> None:
    """The second half of the baseline's blocks took a tenth longer than the first."""
    comparison = compared(interleaved_run([(100, 100)] * 3 + [(110, 110)] * 3))
    assert comparison.baseline_drift == pytest.approx(0.1)
    assert comparison.verdict is RegressionVerdict.NO_REGRESSION


@given(order=st.permutations(range(6)))
def test_the_order_of_rounds_does_not_matter(order: list[int]) -> None:
    """They are observations of one thing."""
    (one,), (other,) = (compared(interleaved_run(rounds)).metrics for rounds in (SLOWER, [SLOWER[i] for i in order]))
    assert (one.ratio, one.low, one.high) == pytest.approx((other.ratio, other.low, other.high))


def test_a_run_of_another_scenario() -> None:
    """It has no settings of a comparison, and is read by the default ones: nothing is compared."""
    run = interleaved_run([])
    assert compared(replace(run, fingerprint=replace(run.fingerprint, workload=()))).metrics == ()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"margin": "much"}, "the margin is 'much', expected a share such as '3 %' or 0.03"),
        ({"margin": "3 % or so"}, "expected a share"),
        ({"compare_by": "speed"}, "'speed' cannot be compared; what can is ttfp, time_to_final"),
        ({"streams_per_block": "0"}, "the number of streams per block is '0', expected a whole number of 1 or more"),
        ({"most_rounds": "ten"}, "the most rounds is 'ten', expected a whole number"),
        ({"first_look": "40"}, "the first look is after 40 rounds and the last after 36"),
    ],
)
def test_what_a_plan_cannot_be(settings: dict[str, str], words: str) -> None:
    """A setting that cannot be read is quoted, with what was expected."""
    with pytest.raises(UsageError, match=words):
        InterleavedPlan.of(settings)


@pytest.mark.parametrize(
    ("rounds", "code"),
    [(SAME, ExitCode.HELD), (SLOWER, ExitCode.FELL_SHORT), (NOISY, ExitCode.NOT_JUDGED)],
    ids=["the same", "slower", "noisy"],
)
def test_any_report_of_the_run_says_the_same(rounds: list[tuple[int, int]], code: ExitCode) -> None:
    """`load report` on a run that was kept ends as the comparison did."""
    judged = JudgedRun.of(interleaved_run(rounds))
    assert (judged.exit_code, judged.is_judged) == (code, True)
    assert judged.conclusions[0].startswith(compared(judged.run).verdict.value)
