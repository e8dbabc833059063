"""Failures on both sides, against SciPy's own exact test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from load.regression.arm_block import Arm, rounds_of
from load.regression.failure_comparison import FailureComparison
from load.regression.stopping_rule import StoppingRule
from load.regression.verdict import RegressionVerdict
from tests.load.regression.made_up import STREAMS_PER_BLOCK, interleaved_run

RULE = StoppingRule()


@given(
    baseline=st.tuples(st.integers(0, 40), st.integers(1, 40)).map(lambda pair: (min(pair), pair[1])),
    candidate=st.tuples(st.integers(0, 40), st.integers(1, 40)).map(lambda pair: (min(pair), pair[1])),
)
def test_the_p_value_is_fishers(baseline: tuple[int, int], candidate: tuple[int, int]) -> None:
    """One-sided: that the candidate fails more often."""
    table = [[candidate[0], candidate[1] - candidate[0]], [baseline[0], baseline[1] - baseline[0]]]
    failures = FailureComparison(
        baseline_failed=baseline[0],
        baseline_streams=baseline[1],
        candidate_failed=candidate[0],
        candidate_streams=candidate[1],
    )
    assert failures.p_value == pytest.approx(stats.fisher_exact(table, alternative="greater").pvalue)


@pytest.mark.parametrize(
    ("failed", "verdict"),
    [
        ((), RegressionVerdict.NO_REGRESSION),
        ((Arm.CANDIDATE,), RegressionVerdict.REGRESSED),
        ((Arm.BASELINE,), RegressionVerdict.NO_REGRESSION),
        (tuple(Arm), RegressionVerdict.NO_REGRESSION),
    ],
)
def test_who_fails(failed: tuple[Arm, ...], verdict: RegressionVerdict) -> None:
    """Only a candidate that fails more often than the baseline has regressed."""
    rounds = rounds_of(interleaved_run([(100, 100)] * 6, failed=failed), streams_per_block=STREAMS_PER_BLOCK)
    assert FailureComparison.of(rounds, RULE, metrics=2).verdict is verdict


def test_before_the_first_look_nothing_is_said() -> None:
    """Five rounds are no look, whatever they show."""
    run = interleaved_run([(100, 100)] * 5, failed=(Arm.CANDIDATE,))
    rounds = rounds_of(run, streams_per_block=STREAMS_PER_BLOCK)
    assert FailureComparison.of(rounds, RULE, metrics=2).verdict is RegressionVerdict.NOT_ENOUGH_DATA
