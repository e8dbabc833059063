"""From transcripts to a report: one fault, one finding; nothing judged is never green."""

from dataclasses import replace

import pytest

from conformance.catalogue import Verdict
from conformance.core import Ending, StreamEnd, Transcript
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Outcome, Report
from conformance.profiles.profile import Profile
from conformance.profiles.profile_file import load_profile
from conformance.samples import answer, event, final, good_events, preview, stream

PROFILE = load_profile("fal-image")


def report_of(*transcripts: Transcript, **settings: object) -> Report:
    return evaluate(transcripts, PROFILE, **settings)  # type: ignore[arg-type]


def verdicts(report: Report) -> dict[str, Verdict]:
    return {result.rule.id: result.verdict for result in report.results}


def ending(transcript: Transcript, how: Ending) -> Transcript:
    return replace(transcript, end=StreamEnd(ending=how, at_ns=transcript.end.at_ns, detail="why"))


def test_a_good_stream_holds() -> None:
    """Nothing falls short."""
    report = report_of(stream(*good_events()))
    assert (report.outcome, report.shortfalls, report.warnings) == (Outcome.HELD, (), ())


def test_one_fault_is_one_finding() -> None:
    """A wrong status leaves nothing to judge for the rest, and each says whose fault it is."""
    report = report_of(answer("generation", 500, {"detail": "x"}))
    assert [result.rule.id for result in report.shortfalls] == ["H01"]
    assert [r.rule.id for r in report.results if r.rule.family in "SIF" and r.blocked_by != "H01"] == []


def test_prerequisites_are_judged_even_where_not_selected() -> None:
    """Selecting a dependent rule does not blame it for another's fault."""
    report = report_of(answer("generation", 500, {"detail": "x"}), selected=frozenset({"I01"}))
    assert [(r.rule.id, r.verdict, r.blocked_by) for r in report.results] == [("I01", Verdict.NOT_APPLICABLE, "H01")]


def test_a_run_that_judged_nothing_is_not_green() -> None:
    """Only inapplicable rules: exit 3."""
    report = report_of(answer("generation", 500, {"detail": "x"}), selected=frozenset({"I01"}))
    assert report.outcome is Outcome.NOTHING_JUDGED


@pytest.mark.parametrize("how", [Ending.UNREACHABLE, Ending.TLS_FAILED])
def test_an_unreachable_endpoint_is_not_judged(how: Ending) -> None:
    """No verdict of 50 failures, but one reason and exit 3."""
    nothing = ending(replace(stream(), head=None, chunks=()), how)
    report = report_of(nothing)
    assert (report.outcome, report.unreachable) == (Outcome.NOTHING_JUDGED, "why")


def test_an_endpoint_that_never_answers_falls_short_once() -> None:
    """It could be reached and said nothing: H01 is not testable, the rest is its consequence."""
    report = report_of(ending(replace(stream(), head=None, chunks=()), Ending.TIMED_OUT))
    assert report.outcome is Outcome.FELL_SHORT
    assert [r.rule.id for r in report.shortfalls] == ["H01"]


def test_a_run_cut_off_by_us_is_not_green() -> None:
    """What was recorded is judged; what it lacks is not held against the endpoint; exit 3."""
    report = report_of(ending(stream(*good_events()[:2]), Ending.ABANDONED))
    assert (report.outcome, report.shortfalls) == (Outcome.NOTHING_JUDGED, ())


def test_strict_makes_warnings_count() -> None:
    """A SHOULD that falls short is exit 1 only when asked for."""
    unmarked = stream(
        *(event({"image": preview(n)["image"]}) for n in range(1, 5)), event({"image": preview(4)["image"]})
    )
    assert report_of(unmarked).outcome is Outcome.HELD
    assert report_of(unmarked, strict=True).outcome is Outcome.FELL_SHORT


def test_a_profile_can_exclude_a_rule_with_a_reason() -> None:
    """The reason is the rule's answer."""
    profile = Profile(name="x", not_applicable={"S03": "no"})
    report = evaluate([stream(*good_events())], profile)
    assert [(r.verdict, r.reason) for r in report.results if r.rule.id == "S03"] == [(Verdict.NOT_APPLICABLE, "no")]


def test_the_cost_is_counted() -> None:
    """Generations and requests, as recorded."""
    report = report_of(stream(*good_events()), stream(*good_events()), answer("wrong_method", 405, {}))
    assert (report.cost.generations, report.cost.requests) == (2, 3)


def test_judging_twice_gives_the_same() -> None:
    """Evaluation is pure."""
    transcripts = [stream(*good_events()[:-1], event(final())[:-1])]
    first, second = (evaluate(transcripts, PROFILE) for _ in range(2))
    assert first.results == second.results
