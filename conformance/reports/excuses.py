"""What a report says of a known failure: what came of it, why it was excused, what to do now."""

from conformance.judging.known_failures import ExcuseState, KnownFailure
from conformance.judging.rule_result import RuleResult
from conformance.reports.wording import counted

__all__ = ["excuse_line"]


def excuse_line(result: RuleResult) -> str:
    """One line on a rule that the list of known failures names; empty for any other."""
    excuse = result.excuse
    if excuse is None:
        return ""
    entry = excuse.entry
    said = {
        ExcuseState.EXPECTED: f"excused until {entry.expires}",
        ExcuseState.IDLE: f"excused until {entry.expires}, had nothing to judge",
        ExcuseState.NEAR_EXPIRY: f"excused for {_days(excuse.days_left)}, until {entry.expires}",
        ExcuseState.EXPIRED: f"its excuse ended on {entry.expires}: mend it, or agree on a new day",
        ExcuseState.CHANGED: f"falls short in another way than excused, {_symptoms(result, entry)}",
        ExcuseState.PASSES_NOW: "passes now: remove it from the list",
    }[excuse.state]
    return f"{said} ({entry.owner}: {entry.reason})"


def _days(days_left: int) -> str:
    return f"{counted(days_left, 'more day')}" if days_left else "today only"


def _symptoms(result: RuleResult, entry: KnownFailure) -> str:
    unexpected = [item for item in result.symptoms if item not in entry.symptoms]
    read, expected = ", ".join(unexpected), " or ".join(entry.symptoms)
    return f"symptom {read}, expected {expected}: mend it, or add the symptom"
