"""The mark ``stream_rule``: which rules it names, and what their verdicts are to pytest."""

import warnings
from collections.abc import Callable, Collection, Iterable

import pytest

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import ProfileError, UsageError
from conformance.judging.report import Report
from conformance.judging.rule_result import RuleResult
from conformance.judging.selection import select_rules
from conformance.pytest_plugin.stream_warning import StreamWarning
from conformance.reports.console import render_result
from conformance.reports.escaping import printable
from conformance.reports.excuses import excuse_line
from conformance.reports.standing import Standing, standing
from conformance.reports.wording import first_said, unscored

__all__ = ["judge_rules", "named_rules", "were_judged"]

_MOVES_ON = frozenset({Standing.PASSED, Standing.WARNED, Standing.NOTED})


def named_rules(marks: Iterable[pytest.Mark]) -> frozenset[str]:
    """Ids of the rules that marks name, by id or by family.

    Raises:
        UsageError: A mark names none, or one that there is not; the text names those that come near, and the families.
    """
    selectors: list[str] = []
    for mark in marks:
        if not mark.args or mark.kwargs or not all(isinstance(selector, str) for selector in mark.args):
            raise UsageError(f"the mark is {_written(mark)}, expected ids or families such as stream_rule('S03', 'J')")
        selectors += mark.args
    catalogue = load_catalogue()
    try:
        return select_rules(catalogue, select=selectors)
    except ProfileError as error:
        families = ", ".join(sorted({id_[0] for id_ in catalogue.rules}))
        raise UsageError(f"{error}; the families are {families}") from None


def were_judged(report: Report, rule_ids: Collection[str]) -> bool:
    """Whether any of the rules found something to judge."""
    return any(result.verdict in (Verdict.PASSED, Verdict.FAILED) for result in _counting(report, rule_ids))


def judge_rules(report: Report, rule_ids: Collection[str], *, warn: Callable[[Warning], None] = warnings.warn) -> None:
    """Turn the verdicts of rules into pytest's: fail, warn, expected failure, skip, or nothing.

    One that fell short fails, whatever the others say. A skip needs all of them to have had nothing to judge.

    Args:
        report: Holds the verdicts.
        rule_ids: Ids of the rules; what the report does not hold was left out by the user.
        warn: Issues a warning, at the test's own line for instance.
    """
    results = [result for result in report.results if result.rule.id in rule_ids]
    stands = {result.rule.id: standing(report, result) for result in results}
    shortfalls = [_fault(result) for result in results if stands[result.rule.id].is_shortfall]
    if shortfalls:
        pytest.fail("\n\n".join(shortfalls), pytrace=False)
    for result in results:
        if result in report.near_expiry:
            warn(StreamWarning(printable(_excused(result))))
        if stands[result.rule.id] is Standing.WARNED:
            warn(StreamWarning(printable(_said(result))))
    expected = [result for result in results if stands[result.rule.id] is Standing.EXPECTED]
    if expected:
        pytest.xfail(printable("; ".join(map(excuse_line, expected))))
    if not _MOVES_ON.intersection(stands.values()):
        pytest.skip(printable(_why_not(report, results, rule_ids)))


def _counting(report: Report, rule_ids: Collection[str]) -> list[RuleResult]:
    return [result for result in report.scored if result.rule.id in rule_ids]


def _fault(result: RuleResult) -> str:
    return render_result(result) if result.verdict.falls_short else printable(_excused(result))


def _excused(result: RuleResult) -> str:
    return f"known failure {result.rule.id}: {excuse_line(result)}"


def _said(result: RuleResult) -> str:
    return f"{result.rule.level.value} {result.rule.id} {result.rule.name}: {first_said(result)}"


def _why_not(report: Report, results: list[RuleResult], rule_ids: Collection[str]) -> str:
    reasons = dict.fromkeys(result.reason if result.is_scored else unscored(report) for result in results)
    return "; ".join(reasons) or f"{', '.join(sorted(rule_ids))}: left out by the selection of rules"


def _written(mark: pytest.Mark) -> str:
    arguments = [*map(repr, mark.args), *(f"{name}={value!r}" for name, value in mark.kwargs.items())]
    return f"{mark.name}({', '.join(arguments)})"
