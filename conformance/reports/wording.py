"""The words that every format uses: the verdict in one line, where a finding stands, how long something took."""

from collections import Counter

from conformance.catalogue import Basis, Level
from conformance.judging.report import Outcome, Report
from conformance.judging.rule_result import RuleResult
from conformance.reports.standing import Standing, standing
from conformance.stream.finding import Finding

__all__ = ["BASES", "counted", "duration", "first_said", "headline", "location", "outcome_name", "unscored"]

BASES = {
    Basis.STANDARD: "a standard demands it",
    Basis.CLIENT: "an official client breaks without it",
    Basis.FAL: "fal documents it",
    Basis.OPERATIONS: "good operation asks for it",
}
_HEADS = {
    Outcome.HELD: "HELD",
    Outcome.FELL_SHORT: "FELL SHORT",
    Outcome.NOTHING_JUDGED: "NOTHING JUDGED",
}
_LIST_FAULTS = {
    Standing.CHANGED: ("changed", "changed"),
    Standing.EXPIRED: ("expired", "expired"),
    Standing.NOW_PASSES: ("now passes", "now pass"),
}
_NS_PER_MS = 1_000_000


def outcome_name(outcome: Outcome) -> str:
    """The outcome as machines read it: ``held``, ``fell_short`` or ``nothing_judged``."""
    return outcome.name.lower()


def headline(report: Report) -> str:
    """The verdict in words, in one line."""
    clauses = {
        Outcome.HELD: _held,
        Outcome.FELL_SHORT: _fell_short,
        Outcome.NOTHING_JUDGED: _nothing_judged,
    }[report.outcome](report)
    if report.warnings and report.unreachable is None:
        clauses = [*clauses, counted(len(report.warnings), "warning")]
    if report.near_expiry and report.unreachable is None:
        clauses = [*clauses, f"{counted(len(report.near_expiry), 'known failure')} about to expire"]
    return f"{_HEADS[report.outcome]}: {', '.join(clauses)}"


def counted(number: int, noun: str) -> str:
    """A number and its noun, in the plural where it must be."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def duration(seconds: float) -> str:
    """A duration for people: milliseconds below a second."""
    return f"{seconds * 1000:.0f} ms" if seconds < 0.9995 else f"{seconds:.2f} s"


def first_said(result: RuleResult) -> str:
    """Why a rule fell short, in one line."""
    return result.findings[0].message if result.findings else f"not testable: {result.reason}"


def unscored(report: Report) -> str:
    """Why a rule that is not in the rule set does not count."""
    return f"unscored: newer than {report.rule_set.name}"


def location(finding: Finding) -> str:
    """Where a finding stands: probe, event counted from 0, byte offset, milliseconds from the start."""
    parts = [finding.probe]
    if finding.event is not None:
        parts.append(f"event {finding.event}")
    if finding.byte_offset is not None:
        parts.append(f"byte {finding.byte_offset}")
    if finding.at_ns is not None:
        parts.append(f"at {finding.at_ns / _NS_PER_MS:.1f} ms")
    return ", ".join(parts)


def _held(report: Report) -> list[str]:
    levels = [Level.MUST, Level.SHOULD] if report.strict else [Level.MUST]
    judged = [result for result in report.results if result.rule.level in levels]
    expected = sum(standing(report, result) is Standing.EXPECTED for result in judged)
    what = f"every {' and '.join(level.value for level in levels)} held"
    return [f"{what} but {counted(expected, 'known failure')}" if expected else what]


def _fell_short(report: Report) -> list[str]:
    clauses = []
    for level in Level:
        number = sum(result.rule.level is level for result in report.shortfalls if not result.is_list_out_of_date)
        if number:
            clauses.append(f"{number} {level.value}")
    outdated = Counter(standing(report, result) for result in report.shortfalls if result.is_list_out_of_date)
    what = _LIST_FAULTS[next(iter(outdated))] if len(outdated) == 1 else ("out of date", "out of date")
    if outdated:
        clauses.append(f"{counted(outdated.total(), 'known failure')} {what[outdated.total() > 1]}")
    return clauses


def _nothing_judged(report: Report) -> list[str]:
    if report.unreachable is not None:
        return [f"could not connect: {report.unreachable}" if report.unreachable else "could not connect"]
    if report.abandoned:
        return ["the run was cut off before the stream ended"]
    if report.unreadable is not None:
        return [f"the body could not be read: {report.unreadable}"]
    if report.lacks_generation:
        return ["there is no transcript of a generation"]
    return ["no rule found anything to judge"]
