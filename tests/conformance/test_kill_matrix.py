"""Every rule is seen to fire and to stay quiet on what really came over a socket."""

from pathlib import Path

import pytest

from conformance.catalogue import Rule, Sample, Verdict
from tests.conformance.kill_matrix import page, played_failing, played_passing
from tests.conformance.verdicts import RULES, announced, failing, fallen_short, passing, samples, verdicts
from tests.conformance.wire import NOT_PLAYED, over_a_socket

PAGE = Path(__file__).parents[2] / "docs/reference/kill-matrix.md"


@pytest.mark.slow
@pytest.mark.each_sample(of=played_failing)
def test_failing_sample_is_caught_over_a_socket(rule: Rule, item: Sample) -> None:
    """Played and recorded, a failing sample fails its own rule and no other that it does not announce."""
    said = verdicts(over_a_socket(item))
    assert said[rule.id] is Verdict.FAILED
    assert fallen_short(said) == announced(rule, item, fails=True)


@pytest.mark.slow
@pytest.mark.each_sample(of=played_passing)
def test_passing_sample_stays_quiet_over_a_socket(rule: Rule, item: Sample) -> None:
    """Played and recorded, a passing sample passes its rule and fires nothing unannounced."""
    said = verdicts(over_a_socket(item))
    assert said[rule.id] in (Verdict.PASSED, Verdict.NOT_APPLICABLE)
    assert fallen_short(said) == announced(rule, item, fails=False)


def test_nearly_every_sample_is_played() -> None:
    """What is left out is named, exists, and is no more than these."""
    titles = {(rule.id, item.title) for rule, item in (*samples(failing), *samples(passing))}
    assert (NOT_PLAYED.keys() - titles, len(NOT_PLAYED)) == (set(), 1)


@pytest.mark.parametrize("key", NOT_PLAYED, ids=str)
def test_what_is_left_out_cannot_be_seen(key: tuple[str, str]) -> None:
    """The reason still holds: no head comes out of the recorder."""
    item = next(item for rule, item in (*samples(failing), *samples(passing)) if (rule.id, item.title) == key)
    assert [transcript.head for transcript in over_a_socket(item).transcripts] == [None]


def test_every_rule_is_killed_over_a_socket() -> None:
    """No rule is without a failing sample that is played."""
    assert [rule.id for rule in RULES if not played_failing(rule)] == []


def test_the_page_is_fresh() -> None:
    """`python -m tests.conformance.kill_matrix > docs/reference/kill-matrix.md` makes it so."""
    assert PAGE.read_text("utf-8") == page()
