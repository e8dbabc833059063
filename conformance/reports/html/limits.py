"""The limits by which rules judge the waits of a stream, as the report's profile and rule set have them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from conformance.judging.report import Report
from conformance.reports.standing import Standing, standing

__all__ = ["Limit", "Wait", "limits"]


class Wait(Enum):
    """What is waited for; the value is its name for people."""

    HEAD = "request to response head"
    FIRST_EVENT = "request to first event"
    SILENCE = "silence"
    PREVIEWS = "from preview to preview"
    TAIL = "final event to the end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long one rule lets a wait be.

    Attributes:
        wait: What is waited for.
        rule_id: The rule.
        seconds: The limit.
        slack_seconds: What the rule lets through beside it.
        is_least: Whether a wait must not be shorter, rather than longer.
        standing: What the rule's verdict amounts to.
    """

    wait: Wait
    rule_id: str
    seconds: float
    slack_seconds: float = 0.0
    is_least: bool = False
    standing: Standing


@dataclass(frozen=True, slots=True)
class _Source:
    """The options of a rule in which a limit stands."""

    wait: Wait
    rule_id: str
    option: str
    slack: str = ""
    unit_seconds: float = 1.0
    is_least: bool = False


_SOURCES = (
    _Source(Wait.HEAD, "C01", "head_limit_seconds"),
    _Source(Wait.FIRST_EVENT, "C02", "first_event_limit_seconds"),
    _Source(Wait.SILENCE, "C03", "silence_limit_seconds", "slack_seconds"),
    _Source(Wait.PREVIEWS, "C06", "gap_limit_seconds"),
    _Source(Wait.PREVIEWS, "C05", "least_interval_milliseconds", unit_seconds=0.001, is_least=True),
    _Source(Wait.TAIL, "F04", "close_seconds", "slack_seconds"),
)


def limits(report: Report) -> tuple[Limit, ...]:
    """The limits of the rules that the report holds."""
    return tuple(_limits(report))


def _limits(report: Report) -> Iterator[Limit]:
    results = {result.rule.id: result for result in report.results}
    for source in _SOURCES:
        result = results.get(source.rule_id)
        options = report.profile.options_for(result.rule) if result is not None else None
        seconds = getattr(options, source.option, None)
        if result is not None and seconds:  # a limit of 0 has no place on a logarithmic scale
            yield Limit(
                wait=source.wait,
                rule_id=source.rule_id,
                seconds=seconds * source.unit_seconds,
                slack_seconds=getattr(options, source.slack, 0.0) if source.slack else 0.0,
                is_least=source.is_least,
                standing=standing(report, result),
            )
