"""A run about one rule: it is quick, and it leaves out no test of the rule."""

import re
from pathlib import Path

import pytest

from conformance.catalogue import load_catalogue
from tests.conformance.each_rule import concerns, rules_to_test

_RULE_IN_NAME = re.compile(r"(?i)(?<![a-z0-9])[HSJIFCERX]\d\d(?!\d)")


def test_no_test_that_names_a_rule_is_left_out(request: pytest.FixtureRequest) -> None:
    """Whatever this run collected that names a rule, a run about that rule imports as well."""
    here = Path(__file__).parent
    items = [item for item in request.session.items if here in item.path.parents]
    named = {(item.path, rule_id.upper()) for item in items for rule_id in _RULE_IN_NAME.findall(item.name)}
    rules = load_catalogue().rules
    assert [(path, rule_id) for path, rule_id in named if rule_id in rules and not concerns(path, rule_id)] == []


def test_a_run_about_one_rule_builds_no_samples_of_others(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-k` with nothing but an id gives the tests that one rule."""
    monkeypatch.setattr(pytestconfig.option, "keyword", "S03")
    assert [rule.id for rule in rules_to_test(pytestconfig)] == ["S03"]


def test_any_other_run_has_every_rule(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """What more `-k` can say is left to pytest."""
    for keyword in ("", "sample", "S03 or S04", "not S03"):
        monkeypatch.setattr(pytestconfig.option, "keyword", keyword)
        assert rules_to_test(pytestconfig) == tuple(load_catalogue().rules.values())
