"""One test item a rule, judged against ``stream_endpoint``."""

from conformance.judging.report import Report


def test_rule(stream_rule_id: str, stream_report: Report) -> None:
    """The endpoint keeps the rule: each parameter carries the mark that judges it."""
