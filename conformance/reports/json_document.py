"""The report for machines. Its fields are documented and versioned; ``report.schema.json`` says them exactly."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any

from conformance.catalogue import Level, Verdict
from conformance.clients.survey import ClientOutcome
from conformance.judging.comparison import Comparison, compare
from conformance.judging.known_failures import Excuse
from conformance.judging.past_report import REPORT_FORMAT
from conformance.judging.report import Report
from conformance.judging.rule_result import RuleResult
from conformance.reports.client_versions import client_version
from conformance.reports.curl import curl_line, request_to_reproduce
from conformance.reports.wording import headline, outcome_name
from conformance.stream.finding import Excerpt, Finding
from conformance.stream.payload import Json

__all__ = ["FORMAT", "document", "load_schema", "render", "suite_version"]

FORMAT = REPORT_FORMAT
"""Name and version of the documents."""

_DISTRIBUTION = "fal-stream-conformance"
_NS_PER_MS = 1_000_000


def document(report: Report) -> dict[str, Any]:
    """The report as what JSON can hold."""
    request = request_to_reproduce(report)
    comparison = compare(report)
    whole = {
        "format": FORMAT,
        "suite": {"version": suite_version(), "rule_set": report.rule_set.name},
        "endpoint": report.endpoint,
        "profile": report.profile.name,
        "started": report.started_at,
        "strict": report.strict,
        "outcome": outcome_name(report.outcome),
        "exit_code": report.outcome.value,
        "headline": headline(report),
        "cost": asdict(report.cost),
        "timings": None if report.timings is None else asdict(report.timings),
        "summary": {
            verdict.value: {level.value: report.count(verdict, level) for level in Level} for verdict in Verdict
        },
        "shortfalls": [result.rule.id for result in report.shortfalls],
        "warnings": [result.rule.id for result in report.warnings],
        "near_expiry": [result.rule.id for result in report.near_expiry],
        "results": [_result(result) for result in report.results],
        "clients": [_client(item) for item in report.clients],
        "reproduce": None if request is None else curl_line(request),
        "since": None if comparison is None else _since(comparison),
    }
    return {name: _without_surrogates(value) for name, value in whole.items()}


def render(report: Report) -> str:
    """The report as JSON: indented, ASCII alone, so that it is the same in every encoding."""
    return json.dumps(document(report), indent=2, allow_nan=False) + "\n"


def load_schema() -> Mapping[str, Any]:
    """The JSON Schema (2020-12) of the documents that this version writes."""
    schema: dict[str, Any] = json.loads((files("conformance.reports") / "report.schema.json").read_text("utf-8"))
    return schema


def suite_version() -> str:
    """Version of the installed package, or ``unknown``."""
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"


def _result(result: RuleResult) -> dict[str, Any]:
    rule = result.rule
    return {
        "rule": rule.id,
        "name": rule.name,
        "level": rule.level.value,
        "basis": rule.basis.value,
        "verdict": result.verdict.value,
        "reason": result.reason,
        "blocked_by": result.blocked_by,
        "scored": result.is_scored,
        "symptoms": list(result.symptoms),
        "known_failure": None if result.excuse is None else _known_failure(result.excuse),
        "findings": [_finding(finding) for finding in result.findings],
        "notes": [_finding(finding) for finding in result.notes],
        "requirement": rule.requirement,
        "consequence": rule.consequence,
        "fix": rule.fix,
        "reference": rule.reference,
    }


def _known_failure(excuse: Excuse) -> dict[str, Json]:
    return {
        "state": excuse.state.value,
        "reason": excuse.entry.reason,
        "owner": excuse.entry.owner,
        "expires": excuse.entry.expires.isoformat(),
        "days_left": excuse.days_left,
        "symptoms": list(excuse.entry.symptoms),
    }


def _client(item: ClientOutcome) -> dict[str, Json]:
    version = client_version(item.client)
    return {
        "client": item.client.name,
        "version": version.text,
        "unproven": version.unproven,
        "delivered": item.delivered,
        "expected": item.expected,
        "final_delivered": item.has_final,
        "end": item.reading.end.name.lower(),
        "error": item.reading.error,
    }


def _since(comparison: Comparison) -> dict[str, Any]:
    past = comparison.past
    return {
        "started": past.started,
        "endpoint": past.endpoint,
        "profile": past.profile,
        "rule_set": past.rule_set,
        "comparable": comparison.is_comparable,
        "remarks": list(comparison.remarks),
        "changes": [
            {
                "rule": item.rule_id,
                "name": item.name,
                "level": item.level,
                "change": item.change.value,
                "detail": item.detail,
            }
            for item in comparison.changes
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "message": finding.message,
        "probe": finding.probe,
        "event": finding.event,
        "byte_offset": finding.byte_offset,
        "at_ms": None if finding.at_ns is None else finding.at_ns / _NS_PER_MS,
        "excerpt": None if finding.excerpt is None else _excerpt(finding.excerpt),
    }


def _excerpt(excerpt: Excerpt) -> dict[str, Json]:
    return {
        "offset": excerpt.offset,
        "fault_offset": excerpt.fault_offset,
        "text": excerpt.text,
        "hex": excerpt.hex,
    }


def _without_surrogates(value: Any) -> Any:
    """The value with lone surrogates written out: many JSON readers refuse them, escaped or not."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_surrogates(item) for name, item in value.items()}
    return value
