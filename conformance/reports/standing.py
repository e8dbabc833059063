"""What a rule's verdict amounts to in a report: level, rule set and the list of known failures taken into account."""

from enum import Enum

from conformance.catalogue import Level, Verdict
from conformance.judging.known_failures import ExcuseState
from conformance.judging.report import Report
from conformance.judging.rule_result import RuleResult

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
    CHANGED = "changed"
    """A known failure that fell short in another way; makes the outcome bad."""
    EXPIRED = "expired"
    """A known failure whose time is over; makes the outcome bad."""
    NOW_PASSES = "now passes"
    """A known failure that no longer fails; makes the outcome bad."""
    UNSCORED = "unscored"
    """Newer than the rule set; counts nowhere."""
    NOT_APPLICABLE = "not applicable"

    @property
    def is_shortfall(self) -> bool:
        """Whether it makes the outcome bad."""
        return self is Standing.FAILED or self in _OUT_OF_DATE.values()


_OUT_OF_DATE = {
    ExcuseState.CHANGED: Standing.CHANGED,
    ExcuseState.EXPIRED: Standing.EXPIRED,
    ExcuseState.PASSES_NOW: Standing.NOW_PASSES,
}


def standing(report: Report, result: RuleResult) -> Standing:
    """What the result counts as in the report."""
    if not result.is_scored:
        return Standing.UNSCORED
    if result.excuse is not None and result.excuse.state in _OUT_OF_DATE:
        return _OUT_OF_DATE[result.excuse.state]
    if not result.verdict.falls_short:
        return Standing.PASSED if result.verdict is Verdict.PASSED else Standing.NOT_APPLICABLE
    if result.excuse is not None:
        return Standing.EXPECTED
    if result.rule.level.is_note:
        return Standing.NOTED
    return Standing.FAILED if result.rule.level is Level.MUST or report.strict else Standing.WARNED
