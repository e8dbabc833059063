"""What a rule's verdict amounts to in a report, its level and the list of known failures taken into account."""

from enum import Enum

from conformance.catalogue import Level, Verdict
from conformance.evaluation import Report, RuleResult

__all__ = ["Standing", "standing"]


class Standing(Enum):
    """The one thing a result counts as; the value is its name for people."""

    PASSED = "passed"
    FAILED = "failed"
    """Makes the outcome bad."""
    WARNED = "warned"
    """A SHOULD that fell short without ``strict``."""
    NOTED = "noted"
    """A MAY or INFO that fell short."""
    EXPECTED = "expected"
    """Fell short as the list of known failures says."""
    NOW_PASSES = "now passes"
    """A known failure that no longer fails; makes the outcome bad."""
    NOT_APPLICABLE = "not applicable"


def standing(report: Report, result: RuleResult) -> Standing:
    """What the result counts as in the report."""
    if result.is_unexpected_pass:
        return Standing.NOW_PASSES
    if not result.verdict.falls_short:
        return Standing.PASSED if result.verdict is Verdict.PASSED else Standing.NOT_APPLICABLE
    if not result.counts_against:
        return Standing.EXPECTED
    if result.rule.level.is_note:
        return Standing.NOTED
    return Standing.FAILED if result.rule.level is Level.MUST or report.strict else Standing.WARNED
