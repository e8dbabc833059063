"""Family F on streams of one kind that differ in one thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Level, Verdict, load_catalogue
from conformance.core import Ending
from conformance.judging.evaluation import evaluate, judge_rule
from conformance.profiles.profile import Profile
from conformance.samples import SSE_HEADERS, documented_events, event, final, good_events, preview, stream
from conformance.stream.conventions import Conventions, FinalMarker

CATALOGUE = load_catalogue()
RULES = CATALOGUE.rules
FAMILY = [id_ for id_ in RULES if id_[0] == "F"]
PROFILE = Profile(name="completion")
MARKED = Profile(name="marked", conventions=Conventions(final_marker=FinalMarker(name="final", value=True)))


@given(st.integers(min_value=1, max_value=6))
def test_the_documented_example_passes_every_must(previews: int) -> None:
    """Fal's own example, without Cache-Control, a step or a mark, falls short of advice only."""
    headers = tuple(pair for pair in SSE_HEADERS if pair[0] in ("content-type", "transfer-encoding"))
    report = evaluate([stream(*documented_events(previews), headers=headers)], PROFILE, catalogue=CATALOGUE)
    short = [result.rule.id for result in report.results if result.counts_against and result.rule.level is Level.MUST]
    assert short == []


@given(st.integers(min_value=0, max_value=5000))
def test_the_time_to_close_is_counted_from_the_final_event(end_after_ms: int) -> None:
    """F04 fails beyond two seconds, and the half second that an end which is sent again may take, and not before."""
    result = judge_rule(RULES["F04"], [stream(*good_events(), end_after_ms=end_after_ms)], PROFILE)
    assert (result.verdict is Verdict.FAILED) == (end_after_ms > 2000 + 500)


@pytest.mark.parametrize("ending", [ending for ending in Ending if not ending.is_clean])
@pytest.mark.parametrize("rule", [id_ for id_ in FAMILY if id_ != "F04"])
@pytest.mark.parametrize("events", [good_events(), good_events()[:2], documented_events()])
def test_a_stream_without_an_end_of_its_own_is_not_judged(rule: str, ending: Ending, events: list[bytes]) -> None:
    """Where the stream broke off or we left, no last event is taken for the result."""
    result = judge_rule(RULES[rule], [stream(*events, ending=ending)], MARKED)
    assert result.verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("ending", [ending for ending in Ending if not ending.is_ours])
def test_an_error_event_is_the_fault_of_f01_alone(ending: Ending) -> None:
    """However a stream ends after an error, the error is quoted and nothing else in the family fails."""
    failed = stream(event(preview(1)), event({"error": "CUDA out of memory"}), ending=ending)
    report = evaluate([failed], MARKED, catalogue=CATALOGUE)
    short = {result.rule.id: result for result in report.results if result.verdict.falls_short}
    assert [id_ for id_ in short if id_ in FAMILY] == ["F01"]
    assert "'CUDA out of memory'" in short["F01"].findings[0].message


@pytest.mark.parametrize(
    "broken",
    [
        [*good_events()[:-1], event(final())[:-1]],
        [*good_events(), b"data:\n\n"],
        [*good_events(), b"data: [DONE]\n\n"],
        [b": ping\n\n"],
    ],
    ids=["unterminated", "empty-data", "sentinel", "no-event"],
)
def test_a_fault_below_leaves_no_second_finding_here(broken: list[bytes]) -> None:
    """What a rule about bytes or JSON has named is not named again by a rule about the result."""
    report = evaluate([stream(*broken)], MARKED, catalogue=CATALOGUE)
    short = [result.rule.id for result in report.results if result.verdict is Verdict.FAILED]
    assert [id_ for id_ in short if id_ in FAMILY] == []
    assert short != []


def test_a_note_is_left_where_the_last_preview_is_the_final_picture() -> None:
    """A preview that says it shows the last step may have the final's bytes; the report mentions it."""
    same = preview(4)["image"]
    result = judge_rule(RULES["F03"], [stream(*good_events(4)[:-1], event(final(images=[same])))], PROFILE)
    assert (result.verdict, len(result.notes)) == (Verdict.PASSED, 1)


def test_a_short_wait_can_be_set_in_the_profile() -> None:
    """F05 judges quick results too when the profile asks for it."""
    quick = stream(event(final()), first_ms=300)
    strict = Profile(name="strict", options={"F05": {"least_seconds": 0.1}})
    verdicts = [judge_rule(RULES["F05"], [quick], profile).verdict for profile in (PROFILE, strict)]
    assert verdicts == [Verdict.NOT_APPLICABLE, Verdict.FAILED]
