"""E03 where the input that was declared to fail does not."""

from collections.abc import Sequence

import pytest

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import Transcript
from conformance.judging.evaluation import judge_rule
from conformance.judging.rule_result import RuleResult
from conformance.profiles.profile import Profile
from conformance.samples import documented_events, event, final, good_events, preview, stream


def _judged(*pieces: bytes, good: Sequence[Transcript] = ()) -> RuleResult:
    failing = stream(*pieces, probe="failing_generation")
    return judge_rule(load_catalogue().rules["E03"], [*good, failing], Profile(name="test"))


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(good_events(), id="marked-final"),
        pytest.param([event(final())], id="final-alone"),
        pytest.param([*good_events()[:-1], event(final(final=None))], id="final-of-its-own-shape"),
    ],
)
def test_input_that_does_not_fail_proves_nothing(pieces: list[bytes]) -> None:
    """A good result to the failing input is the declaration's fault, and the reason says so."""
    result = _judged(*pieces)
    assert (result.verdict, result.reason.partition(":")[0]) == (
        Verdict.NOT_TESTABLE,
        "the declared input did not fail",
    )


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([event(preview(step)) for step in (1, 2, 3)], id="previews"),
        pytest.param([event(preview())], id="one-preview"),
        pytest.param([event(preview(1)), event({"status": "running"})], id="status"),
    ],
)
def test_a_clean_end_without_a_result_is_a_failure_untold(pieces: list[bytes]) -> None:
    """What has no result is never taken for a generation that went well."""
    assert _judged(*pieces).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("events", "verdict"),
    [(3, Verdict.FAILED), (4, Verdict.FAILED), (5, Verdict.NOT_TESTABLE), (7, Verdict.NOT_TESTABLE)],
)
def test_where_results_look_like_previews_the_good_generation_tells(events: int, verdict: Verdict) -> None:
    """In fal's documented shape a stream as long as the good one did not fail; a shorter one did."""
    good = stream(*documented_events(4))
    assert _judged(*documented_events(7)[:events], good=[good]).verdict is verdict


def test_where_results_are_marked_no_number_of_previews_makes_one() -> None:
    """A failing input may ask for more steps than the good one."""
    previews = [event(preview(step, 20)) for step in range(1, 9)]
    assert _judged(*previews, good=[stream(*good_events())]).verdict is Verdict.FAILED
