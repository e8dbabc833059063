"""The report as SARIF 2.1.0, for GitHub code scanning and other viewers of findings.

What is analysed is an endpoint, not a file. So that viewers have something to open, a finding points into the
transcript that ``--save`` writes: at the line that holds the chunk with the fault. Source: OASIS, "Static Analysis
Results Interchange Format (SARIF) Version 2.1.0"; GitHub, "SARIF support for code scanning".
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from conformance.catalogue import Level, Rule, Verdict
from conformance.judging.report import Outcome, Report
from conformance.judging.rule_result import RuleResult
from conformance.judging.symptom import symptom
from conformance.reports.escaping import printable
from conformance.reports.excuses import excuse_line
from conformance.reports.families import family_of
from conformance.reports.json_document import suite_version
from conformance.reports.markdown_text import prose
from conformance.reports.sarif_location import Locations
from conformance.reports.standing import Standing, standing
from conformance.reports.wording import BASES, first_said, headline, location, outcome_name
from conformance.stream.finding import Finding

__all__ = ["render"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_TOOL = "fal-stream-conformance"
_LEVELS = {Level.MUST: "error", Level.SHOULD: "warning", Level.MAY: "note", Level.INFO: "note"}
_SEVERITIES = {"error": "error", "warning": "warning", "note": "recommendation"}
_SILENT = (Standing.PASSED, Standing.NOT_APPLICABLE, Standing.UNSCORED)
# A rule about time judges one run on one machine.
_UNCERTAIN_FAMILY = "C"
_NOTHING_JUDGED = "nothing-judged"


def render(report: Report) -> str:
    """The report as SARIF: indented, ASCII alone."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    return json.dumps(log, indent=2, allow_nan=False) + "\n"


def _run(report: Report) -> dict[str, Any]:
    locations = Locations(report)
    results = [*_results(report, locations), *_nothing_judged(report, locations)]
    rules = [_rule(report, result.rule) for result in report.results]
    if report.outcome is Outcome.NOTHING_JUDGED:
        rules.append(_nothing_judged_rule())
    return {
        "tool": {"driver": {"name": _TOOL, "version": suite_version(), "rules": rules}},
        "invocations": [_invocation(report)],
        "artifacts": locations.artifacts,
        "originalUriBaseIds": locations.bases,
        "columnKind": "unicodeCodePoints",
        "results": _fingerprinted(results),
        "properties": {
            "endpoint": printable(report.endpoint),
            "profile": printable(report.profile.name),
            "ruleSet": report.rule_set.name,
            "outcome": outcome_name(report.outcome),
            "generations": report.cost.generations,
            "requests": report.cost.requests,
            "summary": {verdict.value: report.count(verdict) for verdict in Verdict},
        },
    }


def _invocation(report: Report) -> dict[str, Any]:
    judged = report.outcome is not Outcome.NOTHING_JUDGED
    invocation: dict[str, Any] = {
        "executionSuccessful": judged,
        "exitCode": report.outcome.value,
        "exitCodeDescription": printable(headline(report)),
    }
    if not judged:
        said = {"level": "error", "message": {"text": _plain(headline(report))}}
        invocation["toolExecutionNotifications"] = [said]
    return invocation


def _rule(report: Report, rule: Rule) -> dict[str, Any]:
    level = _level(report, rule)
    said = {"Requirement": rule.requirement, "Consequence": rule.consequence, "Fix": rule.fix}
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.requirement},
        "fullDescription": {"text": rule.rationale},
        "help": {
            "text": "\n\n".join([*(f"{name}: {text}" for name, text in said.items()), f"Reference: {rule.reference}"]),
            "markdown": "\n\n".join(
                [
                    *(f"**{name}:** {prose(text)}" for name, text in said.items()),
                    f"{rule.level.value}: {BASES[rule.basis]} ([reference](<{rule.reference}>)).",
                ]
            ),
        },
        "helpUri": rule.reference,
        "defaultConfiguration": {"level": level},
        "properties": {
            # A set: a family and a basis share a name.
            "tags": sorted({family_of(rule).name, rule.level.value, rule.basis.value}),
            "precision": "high" if rule.family == _UNCERTAIN_FAMILY else "very-high",
            "problem.severity": _SEVERITIES[level],
        },
    }


def _level(report: Report, rule: Rule) -> str:
    counts_like_must = report.strict and rule.level is Level.SHOULD
    return _LEVELS[Level.MUST if counts_like_must else rule.level]


def _results(report: Report, locations: Locations) -> Iterator[dict[str, Any]]:
    for index, result in enumerate(report.results):
        stand = standing(report, result)
        if stand in _SILENT or report.unreachable is not None:
            continue
        for finding in result.findings or (None,):
            yield {
                "ruleId": result.rule.id,
                "ruleIndex": index,
                # What makes the outcome bad is an error, also where the list of known failures is out of date.
                "level": "error" if stand.is_shortfall else _level(report, result.rule),
                "message": {"text": _plain(_message(result, stand, finding))},
                "locations": [locations.of(result, finding)],
                **_suppression(result, stand),
                "properties": {"standing": stand.value, **_evidence(finding)},
            }


def _message(result: RuleResult, stand: Standing, finding: Finding | None) -> str:
    said = first_said(result) if result.verdict.falls_short else ""
    if finding is not None:
        said = f"{finding.message} ({location(finding)})"
    if stand.is_shortfall and result.excuse is not None:
        said = f"known failure: {excuse_line(result)}{'; ' if said else ''}{said}"
    return said


def _suppression(result: RuleResult, stand: Standing) -> dict[str, Any]:
    if stand is not Standing.EXPECTED:
        return {}
    return {
        "suppressions": [{"kind": "external", "status": "accepted", "justification": printable(excuse_line(result))}]
    }


def _evidence(finding: Finding | None) -> dict[str, Any]:
    if finding is None:
        return {}
    found: dict[str, Any] = {"probe": finding.probe, "event": finding.event, "byteOffset": finding.byte_offset}
    if finding.excerpt is not None:
        found["excerpt"] = finding.excerpt.text
    return {name: value for name, value in found.items() if value is not None}


def _nothing_judged(report: Report, locations: Locations) -> Iterator[dict[str, Any]]:
    """Without it a run that judged nothing would close every alert, as if all had been mended."""
    if report.outcome is Outcome.NOTHING_JUDGED:
        yield {
            "ruleId": _NOTHING_JUDGED,
            "ruleIndex": len(report.results),
            "level": "error",
            "message": {"text": _plain(headline(report))},
            "locations": [locations.of_the_run],
        }


def _nothing_judged_rule() -> dict[str, Any]:
    said = "The run judges something: the endpoint is reached and its stream is read to the end."
    return {
        "id": _NOTHING_JUDGED,
        "shortDescription": {"text": said},
        "fullDescription": {"text": said},
        "help": {"text": "Make sure that the endpoint is up and can be reached from here, and check again."},
        "defaultConfiguration": {"level": "error"},
    }


def _fingerprinted(results: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results, each with a fingerprint that is the same when the same fault is met in another run."""
    met: Counter[str] = Counter()
    whole = []
    for result in results:
        mark = symptom(result["ruleId"], result["message"]["text"])
        met[mark] += 1
        # GitHub matches alerts by this name alone, and expects the number of the occurrence behind a colon.
        whole.append({**result, "partialFingerprints": {"primaryLocationLineHash": f"{mark}:{met[mark]}"}})
    return whole


def _plain(text: str) -> str:
    """A message that no viewer takes for a link: one begins where a bracket closes and a parenthesis opens."""
    return printable(text).replace("](", "] (")
