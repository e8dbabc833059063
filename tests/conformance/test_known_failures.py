"""Known failures: a list that is read strictly, and that can only shrink."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import ProfileError
from conformance.judging.evaluation import evaluate
from conformance.judging.known_failures import ExcuseState, KnownFailure, KnownFailures, parse_known_failures
from conformance.judging.report import Outcome, Report
from conformance.profiles.profile_file import load_profile
from conformance.samples import event, final, good_events, stream

CATALOGUE = load_catalogue()
TODAY = date(2026, 11, 22)
TORN = stream(*good_events()[:-1], event(final())[:-1])
WHOLE = stream(*good_events())
WRITTEN = """
[S03]
reason = "the framework is being mended"
owner = "platform-team"
expires = 2027-01-31
symptoms = ["1f3a9c02"]
"""


def read(text: str) -> KnownFailures:
    return parse_known_failures(text, CATALOGUE, today=TODAY)


def entry(*symptoms: str, expires: date = date(2027, 1, 31)) -> KnownFailure:
    return KnownFailure(rule_id="S03", reason="why", owner="who", expires=expires, symptoms=symptoms)


def judged(transcript: object, *symptoms: str, expires: date = date(2027, 1, 31), **settings: object) -> Report:
    listed = KnownFailures(entries={"S03": entry(*symptoms, expires=expires)}, today=TODAY)
    profile = load_profile("fal-image")
    return evaluate([transcript], profile, known_failures=listed, **settings)  # type: ignore[list-item, arg-type]


def state(report: Report) -> ExcuseState:
    excuse = next(result.excuse for result in report.results if result.rule.id == "S03")
    assert excuse is not None
    return excuse.state


def test_an_entry_is_read_whole() -> None:
    """Reason, owner, expiry and symptoms, as they were written."""
    assert read(WRITTEN).entries == {
        "S03": KnownFailure(
            rule_id="S03",
            reason="the framework is being mended",
            owner="platform-team",
            expires=date(2027, 1, 31),
            symptoms=("1f3a9c02",),
        )
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[S03]", "[S99]", "there is no rule 'S99'"),
        ("[S03]", 'S03 = "why"\n[S04]', "known failure S03 is 'why', expected a table"),
        ('owner = "platform-team"', "", "known failure S03 has no 'owner', expected reason, owner, expires"),
        ("platform-team", "?", r"known failure S03.owner is '\?', expected words"),
        ("the framework is being mended", " ", "known failure S03.reason is ' ', expected a text"),
        ("2027-01-31", '"?"', r"known failure S03.expires is '\?', expected a day without quotes, as in 2027-01-31"),
        ("2027-01-31", "2027-01-31T10:00:00Z", "known failure S03.expires is .*, expected a day"),
        ('["1f3a9c02"]', '"1f3a9c02"', "known failure S03.symptoms is '1f3a9c02', expected a list"),
        ('["1f3a9c02"]', '["torn"]', r"known failure S03.symptoms is \['torn'\], expected those that a report shows"),
        ("symptoms", "symptom", "unknown key 'symptom'; valid are expires, owner, reason, symptoms"),
        ("[S03]", "S03", "the list of known failures is not valid TOML"),
    ],
)
def test_what_is_missing_or_wrong_is_refused(old: str, new: str, said: str) -> None:
    """Nothing is excused by half an entry, and the message says which half."""
    with pytest.raises(ProfileError, match=said):
        read(WRITTEN.replace(old, new))


def test_the_documented_entry_is_valid() -> None:
    """The page shows a list that is accepted as it stands."""
    page = (Path(__file__).parents[2] / "docs/reference/known-failures.md").read_text("utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    assert list(read(example).entries) == ["H09"]


def test_an_excused_failure_does_not_count() -> None:
    """The run holds, and the entry is as expected."""
    report = judged(TORN)
    assert (state(report), report.outcome) == (ExcuseState.EXPECTED, Outcome.HELD)


def test_an_entry_whose_rule_passes_fails_the_run() -> None:
    """The list is to shrink."""
    report = judged(WHOLE)
    assert (state(report), report.outcome) == (ExcuseState.PASSES_NOW, Outcome.FELL_SHORT)


def test_an_expired_entry_fails_the_run() -> None:
    """The day after its last one it excuses nothing."""
    report = judged(TORN, expires=TODAY - timedelta(days=1))
    assert (state(report), report.outcome) == (ExcuseState.EXPIRED, Outcome.FELL_SHORT)


def test_an_expired_entry_of_a_warning_fails_the_run() -> None:
    """An entry that is out of date counts, whatever the level of its rule."""
    unmarked = stream(*(event({"image": final()["images"][0], "step": n}) for n in range(4)))
    entries = {"F02": KnownFailure(rule_id="F02", reason="why", owner="who", expires=date(2020, 1, 1))}
    listed = KnownFailures(entries=entries, today=TODAY)
    plain = evaluate([unmarked], load_profile("fal-image"), selected=frozenset({"F02"}))
    report = evaluate([unmarked], load_profile("fal-image"), selected=frozenset({"F02"}), known_failures=listed)
    assert (plain.outcome, report.outcome) == (Outcome.HELD, Outcome.FELL_SHORT)


def test_another_symptom_fails_the_run() -> None:
    """A new fault of the same rule does not hide behind the old one."""
    report = judged(TORN, "00000000")
    assert (state(report), report.outcome) == (ExcuseState.CHANGED, Outcome.FELL_SHORT)


def test_the_symptom_that_a_report_shows_is_excused() -> None:
    """Copied from one report, it holds in the next, with others beside it."""
    shown = next(result.symptoms for result in judged(TORN).results if result.rule.id == "S03")
    report = judged(TORN, "00000000", *shown)
    assert (len(shown), state(report), report.outcome) == (1, ExcuseState.EXPECTED, Outcome.HELD)


def test_near_its_end_an_entry_still_holds() -> None:
    """It is told in time, and the run stays green."""
    report = judged(TORN, expires=TODAY + timedelta(days=14))
    near = [result.rule.id for result in report.near_expiry]
    assert (state(report), near, report.outcome) == (ExcuseState.NEAR_EXPIRY, ["S03"], Outcome.HELD)


def test_an_entry_with_nothing_to_judge_is_idle() -> None:
    """Where another fault hides the rule, its entry is neither met nor broken."""
    report = judged(stream(status=500), selected=frozenset({"S03"}))
    assert state(report) is ExcuseState.IDLE


SYMPTOMS = st.sets(st.sampled_from(["00000001", "00000002", "00000003"]))


@given(verdict=st.sampled_from(Verdict), shown=SYMPTOMS, excused=SYMPTOMS, days=st.integers(-400, 400))
def test_the_state_follows_from_verdict_symptoms_and_days(
    verdict: Verdict, shown: set[str], excused: set[str], days: int
) -> None:
    """One state for every case, and out of date exactly where the entry does not tell the truth."""
    listed = KnownFailures(entries={"S03": entry(*excused, expires=TODAY + timedelta(days=days))}, today=TODAY)
    excuse = listed.excuse("S03", verdict, shown)
    assert excuse is not None
    is_other = verdict.falls_short and bool(excused) and not shown <= excused
    assert excuse.state.is_out_of_date == (verdict is Verdict.PASSED or days < 0 or is_other)
    assert (excuse.state is ExcuseState.NEAR_EXPIRY) == (not excuse.state.is_out_of_date and days <= 14)
    assert excuse.days_left == days


def test_a_rule_that_is_not_listed_is_not_excused() -> None:
    """Its failure counts as ever."""
    assert read(WRITTEN).excuse("S04", Verdict.FAILED, ["1f3a9c02"]) is None
