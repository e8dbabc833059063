"""Every rule is seen to fire and to stay quiet on what really came over a socket."""

from pathlib import Path

import pytest

from conformance.catalogue import Rule, Sample, Verdict
from tests.conformance.kill_matrix import PLAYED_FAILING, PLAYED_PASSING, page
from tests.conformance.verdicts import FAILING, PASSING, RULES, announced, fallen_short, sample_id, verdict
from tests.conformance.wire import NOT_PLAYED, over_a_socket

PAGE = Path(__file__).parents[2] / "docs/reference/kill-matrix.md"


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "item"), PLAYED_FAILING, ids=sample_id)
def test_failing_sample_is_caught_over_a_socket(rule: Rule, item: Sample) -> None:
    """Played and recorded, a failing sample fails its own rule and no other that it does not announce."""
    seen = over_a_socket(item)
    assert verdict(rule, seen) is Verdict.FAILED
    assert fallen_short(seen) == announced(rule, item, fails=True)


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "item"), PLAYED_PASSING, ids=sample_id)
def test_passing_sample_stays_quiet_over_a_socket(rule: Rule, item: Sample) -> None:
    """Played and recorded, a passing sample passes its rule and fires nothing unannounced."""
    seen = over_a_socket(item)
    assert verdict(rule, seen) in (Verdict.PASSED, Verdict.NOT_APPLICABLE)
    assert fallen_short(seen) == announced(rule, item, fails=False)


def test_nearly_every_sample_is_played() -> None:
    """What is left out is named, exists, and is no more than these."""
    titles = {(rule.id, item.title) for rule, item in (*FAILING, *PASSING)}
    assert (NOT_PLAYED.keys() - titles, len(NOT_PLAYED)) == (set(), 1)


@pytest.mark.parametrize("key", NOT_PLAYED, ids=str)
def test_what_is_left_out_cannot_be_seen(key: tuple[str, str]) -> None:
    """The reason still holds: no head comes out of the recorder."""
    item = next(item for rule, item in (*FAILING, *PASSING) if (rule.id, item.title) == key)
    assert [transcript.head for transcript in over_a_socket(item).transcripts] == [None]


def test_every_rule_is_killed_over_a_socket() -> None:
    """No rule is without a failing sample that is played."""
    assert {rule.id for rule in RULES} - {rule.id for rule, _ in PLAYED_FAILING} == set()


def test_the_page_is_fresh() -> None:
    """`python -m tests.conformance.kill_matrix > docs/reference/kill-matrix.md` makes it so."""
    assert PAGE.read_text("utf-8") == page()
