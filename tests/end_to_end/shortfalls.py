"""What a report says of its rules."""

from conformance.catalogue import Level, Verdict
from conformance.judging.report import Report

__all__ = ["fallen_short", "verdict"]


def fallen_short(report: Report, level: Level) -> dict[str, str]:
    """The rules of this level that fell short, each with what was found first."""
    return {
        result.rule.id: result.findings[0].message if result.findings else result.reason
        for result in report.results
        if result.verdict.falls_short and result.rule.level is level
    }


def verdict(report: Report, id_: str) -> Verdict:
    """What was found of one rule."""
    return next(result.verdict for result in report.results if result.rule.id == id_)
