"""One test item a rule, judged against the endpoint that ``--endpoint`` names."""

import pytest

from conformance.judging.report import Report
from conformance.pytest_plugin import judge_result, selected_rules


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make an item of every selected rule, marked with its level."""
    parameters = [
        pytest.param(rule.id, id=f"{rule.id}-{rule.name}", marks=getattr(pytest.mark, rule.level.name.lower()))
        for rule in selected_rules(metafunc.config)
    ]
    metafunc.parametrize("rule_id", parameters)


def test_rule(rule_id: str, stream_report: Report) -> None:
    """The endpoint keeps the rule."""
    judge_result(stream_report, rule_id)
