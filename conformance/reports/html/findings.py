"""What fell short, in the order in which a reader wants it: failures, warnings, known failures, newer rules, notes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.catalogue import Rule, Verdict
from conformance.judging.report import Report
from conformance.judging.rule_result import RuleResult
from conformance.reports.html.exchange import Exchange
from conformance.reports.standing import Standing, standing
from conformance.reports.wording import unscored
from conformance.stream.finding import Finding

__all__ = ["Section", "faults_of", "remarks", "sections"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Some results that amount to the same.

    Attributes:
        id: Names it in the page.
        title: Its heading.
        results: The results, in catalogue order.
        is_bad: Whether they make the outcome bad.
    """

    id: str
    title: str
    results: tuple[RuleResult, ...]
    is_bad: bool = False

    @property
    def with_findings(self) -> tuple[RuleResult, ...]:
        """Those that were judged."""
        return tuple(item for item in self.results if item.verdict is not Verdict.NOT_TESTABLE)

    @property
    def not_testable(self) -> dict[str, list[RuleResult]]:
        """Those that could not be judged, by the reason, which many rules share."""
        by_reason: dict[str, list[RuleResult]] = {}
        for item in self.results:
            if item.verdict is Verdict.NOT_TESTABLE:
                by_reason.setdefault(item.reason, []).append(item)
        return by_reason


def sections(report: Report) -> tuple[Section, ...]:
    """The sections that hold something; none where nobody answered, which the verdict says for all rules."""
    if report.unreachable is not None:
        return ()
    stands = [(standing(report, result), result) for result in report.results]
    newer = [item for stand, item in stands if stand is Standing.UNSCORED and item.verdict.falls_short]
    found = (
        Section(id="failures", title="Failures", results=_those(stands, *_BAD), is_bad=True),
        Section(id="warnings", title="Warnings", results=_those(stands, Standing.WARNED)),
        Section(id="known-failures", title="Known failures", results=_those(stands, Standing.EXPECTED)),
        Section(id="unscored", title=f"Rules that are {unscored(report)}", results=tuple(newer)),
        Section(id="notes", title="Notes", results=_those(stands, Standing.NOTED)),
    )
    return tuple(section for section in found if section.results)


def remarks(report: Report) -> tuple[tuple[Rule, Finding], ...]:
    """Remarks of rules that say something without falling short."""
    return tuple((result.rule, finding) for result in report.scored for finding in result.notes)


def faults_of(exchanges: Sequence[Exchange], results: Sequence[RuleResult]) -> dict[int, list[tuple[Rule, Finding]]]:
    """The findings by the number of the exchange that they point into.

    A finding names its probe alone. Of several exchanges that it fits, the one is meant in which something happened
    at its very instant, else the first.
    """
    placed: dict[int, list[tuple[Rule, Finding]]] = {}
    for rule, finding in _faults(results):
        fitting = [exchange for exchange in exchanges if exchange.shows(finding)]
        exact = [exchange for exchange in fitting if finding.at_ns in exchange.instants_ns]
        for exchange in (exact or fitting)[:1]:
            placed.setdefault(exchange.number, []).append((rule, finding))
    return placed


_BAD = tuple(stand for stand in Standing if stand.is_shortfall)


def _those(stands: Sequence[tuple[Standing, RuleResult]], *wanted: Standing) -> tuple[RuleResult, ...]:
    return tuple(result for stand, result in stands if stand in wanted)


def _faults(results: Sequence[RuleResult]) -> Iterator[tuple[Rule, Finding]]:
    for result in results:
        for finding in result.findings:
            yield result.rule, finding
