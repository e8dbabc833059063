"""Rule sets: what was published stays, and a frozen set judges as it did then."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from conformance.catalogue import Catalogue, Level, Rule, Verdict, load_catalogue
from conformance.core import CatalogueError, ProfileError
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Outcome, Report
from conformance.judging.rule_set import LATEST, RuleSet, load_rule_set, parse_rule_set, rule_set_names
from conformance.profiles.profile import Profile
from conformance.samples import event, final, good_events, stream
from tests.conformance.rule_set import frozen

CATALOGUE = load_catalogue()
FROZEN = frozen(CATALOGUE)
PROFILE = Profile(name="sample")
TORN = stream(*good_events()[:-1], event(final())[:-1])


def without(catalogue: Catalogue, *ids: str) -> Catalogue:
    return Catalogue(MappingProxyType({id_: rule for id_, rule in catalogue.rules.items() if id_ not in ids}))


def with_rule(catalogue: Catalogue, rule: Rule) -> Catalogue:
    return Catalogue(MappingProxyType({**catalogue.rules, rule.id: rule}))


def set_of(catalogue: Catalogue) -> RuleSet:
    return parse_rule_set(frozen(catalogue), "2026.1", catalogue)


def result_of(report: Report, id_: str) -> tuple[Verdict, Level, bool]:
    result = next(result for result in report.results if result.rule.id == id_)
    return result.verdict, result.rule.level, result.is_scored


@pytest.mark.parametrize("name", rule_set_names())
def test_every_published_set_still_holds(name: str) -> None:
    """Each id exists with the name it was published under, and each option with its type."""
    assert load_rule_set(name, CATALOGUE).name == name


def test_the_frozen_catalogue_reads_back() -> None:
    """Every rule with its name, level and default options."""
    written = set_of(CATALOGUE).rules or {}
    assert {id_: (item.name, item.level) for id_, item in written.items()} == {
        id_: (rule.name, rule.level) for id_, rule in CATALOGUE.rules.items()
    }
    assert set_of(CATALOGUE).applied(CATALOGUE).rules == CATALOGUE.rules


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[S03]", "[S93]", "holds S93 unterminated-event, which is gone: a published rule stays"),
        ('"unterminated-event"', '"torn-event"', "holds S03 torn-event, which is now unterminated-event: a published"),
        ("first_event_limit_seconds", "limit_seconds", "C02 with limit_seconds = 30.0, which is now None: a published"),
        ("limit_seconds = 30.0", 'limit_seconds = "long"', "C02 with first_event_limit_seconds = 'long', which is"),
    ],
)
def test_a_broken_promise_fails_the_build(old: str, new: str, said: str) -> None:
    """A rule that went, took another meaning or lost an option is told by id."""
    assert FROZEN.count(old) >= 1
    with pytest.raises(CatalogueError, match=said):
        parse_rule_set(FROZEN.replace(old, new), "2026.1", CATALOGUE)


def test_an_unknown_set_is_answered_with_the_valid_ones() -> None:
    """A wrong name is a usage error."""
    with pytest.raises(ProfileError, match=r"^unknown rule set '2019\.3': use latest, 2026\.1"):
        load_rule_set("2019.3", CATALOGUE)


def test_a_newer_rule_runs_and_does_not_count() -> None:
    """Its verdict is there, and the outcome is that of the set."""
    older = set_of(without(CATALOGUE, "S03"))
    report = evaluate([TORN], PROFILE, rule_set=older)
    assert result_of(report, "S03") == (Verdict.FAILED, Level.MUST, False)
    assert (report.outcome, evaluate([TORN], PROFILE).outcome) == (Outcome.HELD, Outcome.FELL_SHORT)
    assert report.count(Verdict.FAILED, Level.MUST) == 0


def test_newer_rules_alone_are_no_verdict() -> None:
    """A gate that counts nothing must not look green."""
    older = set_of(without(CATALOGUE, "S03"))
    report = evaluate([stream(*good_events())], PROFILE, rule_set=older, selected=frozenset({"S03"}))
    assert report.outcome is Outcome.NOTHING_JUDGED


def test_a_newer_rule_silences_no_older_one() -> None:
    """A fault that counted then counts still, also where a newer rule would now explain it."""
    newer = replace(CATALOGUE.rules["S04"], id="S99", requires=())
    lost = CATALOGUE.rules["F07"]
    catalogue = with_rule(with_rule(CATALOGUE, newer), replace(lost, requires=(*lost.requires, "S99")))
    older = set_of(CATALOGUE)
    held = older.applied(catalogue).rules["F07"]
    assert (held.requires, older.scores("S99")) == (lost.requires, False)


def test_a_level_that_has_changed_is_the_one_of_then() -> None:
    """What was a warning stays one in the set, and is a failure in the latest."""
    was = with_rule(CATALOGUE, replace(CATALOGUE.rules["S03"], level=Level.SHOULD))
    report = evaluate([TORN], PROFILE, rule_set=set_of(was))
    assert result_of(report, "S03") == (Verdict.FAILED, Level.SHOULD, True)
    assert ([result.rule.id for result in report.warnings], report.outcome) == (["S03"], Outcome.HELD)


def test_a_limit_that_has_changed_is_the_one_of_then() -> None:
    """A stricter default does not fail yesterday's gate; a profile's own value still wins."""
    late = CATALOGUE.rules["C02"]
    then = with_rule(CATALOGUE, replace(late, options=replace(late.options, first_event_limit_seconds=45.0)))
    held = set_of(then).applied(CATALOGUE).rules["C02"]
    own = replace(PROFILE, options={"C02": {"first_event_limit_seconds": 5.0}})
    assert (PROFILE.options_for(held).first_event_limit_seconds, own.options_for(held).first_event_limit_seconds) == (
        45.0,
        5.0,
    )


def test_the_latest_is_the_catalogue_itself() -> None:
    """By default every rule counts as it is."""
    assert LATEST.applied(CATALOGUE) is CATALOGUE
    assert all(LATEST.scores(id_) for id_ in CATALOGUE.rules)
