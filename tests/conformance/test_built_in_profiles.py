"""Every built-in profile: what a good endpoint of its kind sends holds, and what a broken one sends does not."""

import pytest

from conformance.catalogue import Basis, Sample, Verdict, load_catalogue
from conformance.core import Transcript
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Outcome, Report
from conformance.probing.endpoint import Method
from conformance.profiles.profile_file import built_in_profiles, load_profile
from conformance.stream.evidence import Evidence
from tests.conformance.profile_streams import BROKEN, GOOD, Broken
from tests.conformance.wire import over_a_socket


def judged(profile: str, transcripts: tuple[Transcript, ...]) -> Report:
    """What a profile says of transcripts that went over a real socket."""
    chosen = load_profile(profile)
    played = over_a_socket(Sample(title=profile, transcripts=transcripts, conventions=chosen.conventions))
    return evaluate(played.transcripts, chosen)


def fallen_short(report: Report) -> dict[str, str]:
    """The MUST and SHOULD rules that fell short, with what they said."""
    results = (item for item in report.results if item.verdict.falls_short and not item.rule.level.is_note)
    return {item.rule.id: item.findings[0].message if item.findings else item.reason for item in results}


def test_every_profile_has_its_streams() -> None:
    """A good one, and at least two broken ones."""
    assert set(GOOD) == set(built_in_profiles())
    assert {name for name in GOOD if sum(item.profile == name for item in BROKEN) < 2} == set()


@pytest.mark.parametrize("name", built_in_profiles())
def test_every_profile_is_valid(name: str) -> None:
    """It loads, fits the catalogue, and brings a summary, and a payload unless it asks with GET."""
    profile = load_profile(name)
    profile.validate(load_catalogue())
    assert (bool(profile.payload), profile.summary[-1:]) == (profile.method is Method.POST, ".")


@pytest.mark.parametrize("name", built_in_profiles())
def test_a_good_stream_of_each_profile_holds(name: str) -> None:
    """Every MUST and SHOULD, and a good part of the rules had something to judge."""
    report = judged(name, GOOD[name]())
    assert (fallen_short(report), report.outcome) == ({}, Outcome.HELD)
    least = 8 if name == "sse" else 20
    assert report.count(Verdict.PASSED) >= least


@pytest.mark.parametrize("broken", BROKEN, ids=lambda item: f"{item.profile}-{item.title}".replace(" ", "-"))
def test_a_broken_stream_of_each_profile_is_told_by_the_right_rule(broken: Broken) -> None:
    """And by no other."""
    assert set(fallen_short(judged(broken.profile, broken.transcripts))) == broken.rules


def test_the_profile_for_any_event_stream_judges_by_standards_alone() -> None:
    """Every other rule is not applicable, and says why."""
    report = judged("sse", GOOD["sse"]())
    others = [item for item in report.results if item.rule.basis is not Basis.STANDARD]
    assert {item.verdict for item in others} == {Verdict.NOT_APPLICABLE}
    assert others[0].reason.startswith("the profile judges rules of the basis std")


@pytest.mark.parametrize("name", [name for name in GOOD if name.startswith("fal")])
def test_what_is_good_for_a_fal_profile_is_good_for_any_fal_stream(name: str) -> None:
    """`fal` asks for nothing that a narrower profile does not."""
    assert fallen_short(judged("fal", GOOD[name]())) == {}


@pytest.mark.parametrize("name", built_in_profiles())
def test_the_clients_that_a_profile_names_get_all_of_a_good_stream(name: str) -> None:
    """Every event and the final one, without an error."""
    outcomes = judged(name, GOOD[name]()).clients
    read = {item.client.name: (item.delivered, item.has_final, item.reading.error) for item in outcomes}
    conventions = load_profile(name).conventions
    events = len(Evidence(GOOD[name]()[0], conventions).events)
    assert read == dict.fromkeys(conventions.clients, (events, True, ""))
