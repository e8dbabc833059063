"""The report for CI systems that read JUnit XML: one test case a rule.

Whatever makes the outcome bad is a ``<failure>`` (never an ``<error>``), so a CI system is red exactly where the
exit code is not 0. What was not judged, does not count, or fell short as expected, is ``<skipped>`` with its reason.
"""

import io
from collections.abc import Iterable

from junitparser import Failure, JUnitXml, Properties, Property, Skipped, TestCase, TestSuite

from conformance.catalogue import Verdict
from conformance.judging.report import Outcome, Report
from conformance.judging.rule_result import RuleResult
from conformance.reports.clients_table import ending, final_word
from conformance.reports.curl import curl_line, request_to_reproduce
from conformance.reports.escaping import printable
from conformance.reports.excuses import excuse_line
from conformance.reports.families import family_of
from conformance.reports.standing import Standing, standing
from conformance.reports.wording import first_said, headline, location, outcome_name, unscored
from conformance.stream.finding import Finding

__all__ = ["render"]

_SUITE = "fal-stream-conformance"
_KINDS = {
    Standing.CHANGED: "known-failure-changed",
    Standing.EXPIRED: "known-failure-expired",
    Standing.NOW_PASSES: "known-failure-passes",
}


def render(report: Report) -> str:
    """The report as JUnit XML, to be written in UTF-8."""
    suite = TestSuite(_SUITE)
    suite.timestamp = printable(report.started_at) or None
    for name, value in _properties(report):
        suite.add_property(name, printable(value))
    suite.add_testcases([_case(report, result) for result in report.results])
    if report.outcome is Outcome.NOTHING_JUDGED and not suite.failures:
        suite.add_testcase(_nothing_judged(report))
    # The statistics above add up the cases, which take no time of their own.
    suite.time = 0.0 if report.timings is None else round(report.timings.total_seconds, 3)
    return _written(suite)


def _written(suite: TestSuite) -> str:
    root = JUnitXml(_SUITE)
    root.append(suite)
    for name in ("tests", "failures", "errors", "skipped", "time"):
        setattr(root, name, getattr(suite, name))
    file = io.BytesIO()
    root.write(file, pretty=True)
    return file.getvalue().decode("utf-8")


def _properties(report: Report) -> Iterable[tuple[str, str]]:
    yield "endpoint", report.endpoint
    yield "profile", report.profile.name
    yield "rule_set", report.rule_set.name
    yield "outcome", outcome_name(report.outcome)
    yield "headline", headline(report)
    yield "generations", str(report.cost.generations)
    yield "requests", str(report.cost.requests)
    for item in report.clients:
        said = f"{item.delivered} of {item.expected} events, final {final_word(item)}, {ending(item)}"
        yield f"client {item.client.name}", said
    request = request_to_reproduce(report)
    if request is not None:
        yield "reproduce", curl_line(request)


def _case(report: Report, result: RuleResult) -> TestCase:
    rule, stand = result.rule, standing(report, result)
    case = TestCase(f"{rule.id} {rule.name}", classname=family_of(rule).name, time=0.0)
    properties = Properties()
    properties.add_property(Property("level", rule.level.value))
    properties.add_property(Property("standing", stand.value))
    for symptom in result.symptoms:
        properties.add_property(Property("symptom", symptom))
    if result.excuse is not None:
        properties.add_property(Property("known_failure", result.excuse.state.value))
    case.append(properties)
    if stand.is_shortfall:
        case.append(_failure(result, stand))
    elif stand in (Standing.EXPECTED, Standing.NOT_APPLICABLE, Standing.UNSCORED):
        case.append(Skipped(printable(_reason(report, result, stand))))
    said = _lines(result) if stand in (Standing.WARNED, Standing.NOTED) else _remarks(result.notes)
    if said:
        case.system_out = _text(said)
    return case


def _failure(result: RuleResult, stand: Standing) -> Failure:
    message, kind = first_said(result), result.rule.level.value
    if result.excuse is not None:
        message, kind = f"known failure: {excuse_line(result)}", _KINDS[stand]
    failure = Failure(printable(message), kind)
    if result.verdict.falls_short:
        failure.text = _text(_lines(result))
    return failure


def _reason(report: Report, result: RuleResult, stand: Standing) -> str:
    if stand is Standing.UNSCORED:
        would = f"; would have fallen short: {first_said(result)}" if result.verdict.falls_short else ""
        return f"{unscored(report)}{would}"
    return f"known failure: {excuse_line(result)}" if stand is Standing.EXPECTED else result.reason


def _lines(result: RuleResult) -> list[str]:
    rule = result.rule
    lines = [f"{rule.level.value} {rule.id} {rule.name}: {rule.requirement}"]
    if result.verdict is Verdict.NOT_TESTABLE:
        lines.append(f"not testable: {result.reason}")
    lines += _remarks(result.findings)
    return [
        *lines,
        f"Consequence: {rule.consequence}",
        f"Fix: {rule.fix}",
        f"Reference: {rule.reference}",
        *_remarks(result.notes),
    ]


def _remarks(findings: Iterable[Finding]) -> list[str]:
    lines = []
    for finding in findings:
        prefix = "note: " if finding.is_note else ""
        lines.append(f"{prefix}{finding.message} ({location(finding)})")
        if finding.excerpt is not None and not finding.is_note:
            lines.append(f"  {finding.excerpt.text}")
    return lines


def _text(lines: Iterable[str]) -> str:
    return "\n".join(map(printable, lines))


def _nothing_judged(report: Report) -> TestCase:
    """The one case that is no rule: without it, a run that judged nothing would be green."""
    case = TestCase("something was judged", classname="run", time=0.0)
    case.append(Failure(printable(headline(report)), outcome_name(report.outcome)))
    return case
