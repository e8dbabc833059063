"""A report beside an earlier one: what was mended, what still fails, what is new. The verdict is not touched by it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from conformance.catalogue import Verdict
from conformance.judging.past_report import PastReport, PastResult
from conformance.judging.report import Outcome, Report
from conformance.judging.rule_result import RuleResult

__all__ = ["Change", "Comparison", "RuleChange", "compare"]


class Change(Enum):
    """What became of one rule; the value is its name for machines."""

    NEW = "new"
    """Falls short, and did not."""
    STILL_FAILING = "still_failing"
    """Falls short, as it did, if perhaps in another way."""
    NO_LONGER_JUDGED = "no_longer_judged"
    """Fell short, and now there is nothing to judge, or nobody asks."""
    FIXED = "fixed"
    """Fell short, and passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """What became of one rule that falls short or did.

    Attributes:
        rule_id: The rule.
        name: The fault, in kebab-case.
        level: The rule's level: of this run, or where it was not judged in it, of the earlier one.
        change: What became of it.
        detail: What else there is to say, or empty.
    """

    rule_id: str
    name: str
    level: str
    change: Change
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A report beside an earlier one.

    Attributes:
        past: The earlier one.
        changes: One a rule that falls short in either, the worst kind first, within each by id.
        remarks: In what else the two differ, so that a reader does not take one thing for another.
        is_comparable: Whether both runs judged something; otherwise there are no changes.
    """

    past: PastReport
    changes: tuple[RuleChange, ...]
    remarks: tuple[str, ...]
    is_comparable: bool = True

    def count(self, change: Change) -> int:
        """How many rules changed in this way."""
        return sum(item.change is change for item in self.changes)


def compare(report: Report) -> Comparison | None:
    """The report beside the earlier one that it knows, or None where it knows none.

    A run that judged nothing, then or now, can neither mend nor break a rule: nothing is compared with it.
    """
    past = report.past
    if past is None:
        return None
    is_comparable = past.has_judged and report.outcome is not Outcome.NOTHING_JUDGED
    changes = sorted(_changes(past, report), key=_order) if is_comparable else []
    return Comparison(
        past=past, changes=tuple(changes), remarks=tuple(_remarks(past, report)), is_comparable=is_comparable
    )


def _order(item: RuleChange) -> tuple[int, str]:
    return list(Change).index(item.change), item.rule_id


def _changes(past: PastReport, report: Report) -> Iterator[RuleChange]:
    present = {result.rule.id: result for result in report.results}
    for id_, result in present.items():
        before = past.results.get(id_)
        if result.is_scored and result.verdict.falls_short:
            yield _still_failing(result, before) if before and before.verdict.falls_short else _new(result, before)
    for id_, before in past.results.items():
        after = present.get(id_)
        if before.verdict.falls_short and not (after and after.is_scored and after.verdict.falls_short):
            yield _gone(id_, before, after, report)


def _new(result: RuleResult, before: PastResult | None) -> RuleChange:
    if before is None:
        return _change(result, Change.NEW, "was not judged then")
    return _change(result, Change.NEW, "" if before.verdict is Verdict.PASSED else "had nothing to judge then")


def _still_failing(result: RuleResult, before: PastResult) -> RuleChange:
    is_other = before.symptoms != frozenset(result.symptoms)
    return _change(result, Change.STILL_FAILING, "in another way than then" if is_other else "")


def _gone(id_: str, before: PastResult, after: RuleResult | None, report: Report) -> RuleChange:
    if after is None:
        detail = "this run did not judge it"
        return RuleChange(
            rule_id=id_, name=before.name, level=before.level, change=Change.NO_LONGER_JUDGED, detail=detail
        )
    if not after.is_scored:
        return _change(after, Change.NO_LONGER_JUDGED, f"is newer than {report.rule_set.name}")
    if after.verdict is Verdict.PASSED:
        return _change(after, Change.FIXED)
    return _change(after, Change.NO_LONGER_JUDGED, after.reason)


def _change(result: RuleResult, change: Change, detail: str = "") -> RuleChange:
    rule = result.rule
    return RuleChange(rule_id=rule.id, name=rule.name, level=rule.level.value, change=change, detail=detail)


def _remarks(past: PastReport, report: Report) -> Iterator[str]:
    if not past.has_judged:
        yield "the earlier run judged nothing, so there is nothing to compare"
    elif report.outcome is Outcome.NOTHING_JUDGED:
        yield "this run judged nothing, so there is nothing to compare"
    for what, then, now in (
        ("endpoint", past.endpoint, report.endpoint),
        ("profile", past.profile, report.profile.name),
        ("rule set", past.rule_set, report.rule_set.name),
    ):
        if then != now:
            yield f"the {what} was {then!r} and is {now!r}"
