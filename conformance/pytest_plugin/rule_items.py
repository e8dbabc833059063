"""The rules as parameters of a test, one item each."""

import pytest

from conformance.catalogue import load_catalogue
from conformance.settings import JudgingSettings

__all__ = ["rule_items"]


def rule_items(judging: JudgingSettings) -> list[object]:
    """A parameter for each selected rule, as the rule set has it: its level and its gate are marks."""
    rules = judging.rule_set.applied(load_catalogue()).rules.values()
    return [
        pytest.param(
            rule.id,
            id=f"{rule.id}-{rule.name}",
            marks=[getattr(pytest.mark, rule.level.name.lower()), pytest.mark.stream_rule(rule.id)],
        )
        for rule in rules
        if rule.id in judging.selected
    ]
