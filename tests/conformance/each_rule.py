"""Tests of each rule, and what of them a run about one rule (``pytest tests -k S03``) imports and builds."""

import re
from pathlib import Path

import pytest

from conformance.catalogue import Rule, load_catalogue

__all__ = ["asked_for", "case_id", "concerns", "rules_to_test"]

_RULE_ID = re.compile(r"[A-Z][0-9]{2}")
_BODIES = re.compile(r":\n(?:(?: .*)?\n)+")


def asked_for(config: pytest.Config) -> str | None:
    """The id that ``-k`` consists of; None where the run is about several rules or something else."""
    keyword = str(config.option.keyword)
    return keyword if _RULE_ID.fullmatch(keyword) else None


def concerns(module: Path, rule_id: str) -> bool:
    """Whether the id of a test in the module may name the rule.

    An id is made of what stands outside of functions: names, decorators and constants. One of them has the rule's id
    or its family there, or is a mark for each rule.
    """
    outside = _BODIES.sub(":\n", module.read_text("utf-8"))
    named = rf'(?i:(?<![a-z0-9]){rule_id}(?![0-9]))|"{rule_id[0]}"|mark\.each_(?:rule|sample)'
    return re.search(named, outside) is not None


def rules_to_test(config: pytest.Config) -> tuple[Rule, ...]:
    """The one rule that the run is about, or all of them."""
    one = asked_for(config)
    return tuple(rule for rule in load_catalogue().rules.values() if one in (None, rule.id))


def case_id(value: object) -> str:
    """How a test's id names a rule or a sample."""
    return value.id if isinstance(value, Rule) else re.sub(r"\W+", "-", getattr(value, "title", ""))
