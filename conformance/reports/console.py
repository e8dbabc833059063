"""The report for a person at a terminal."""

import io
from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from conformance.catalogue import Verdict
from conformance.judging.comparison import Change, compare
from conformance.judging.report import Outcome, Report
from conformance.judging.rule_result import RuleResult
from conformance.reports.changes import named_change, said_of, since_headline
from conformance.reports.clients_table import clients_table
from conformance.reports.curl import curl_line, request_to_reproduce
from conformance.reports.excuses import excuse_line
from conformance.reports.fault_block import fault_block
from conformance.reports.ink import Ink
from conformance.reports.overview import facts_grid, families_table, timings_table
from conformance.reports.standing import Standing, standing
from conformance.reports.wording import counted, first_said, headline, location, unscored

__all__ = ["render", "render_result", "show"]

_PLAIN_COLUMNS = 100
_OUTCOME_STYLES = {Outcome.HELD: "bold green", Outcome.FELL_SHORT: "bold red", Outcome.NOTHING_JUDGED: "bold magenta"}


def show(report: Report, console: Console, *, verbose: bool = False) -> None:
    """Print the report.

    Args:
        report: The report.
        console: Where to; its width, colours and encoding are respected.
        verbose: List every rule, also those that passed or did not apply.
    """
    page = _Page(report, Ink.of(console), console.width)
    console.print(Group(*page.parts(verbose=verbose)), crop=False, highlight=False)


def render(report: Report, *, verbose: bool = False) -> str:
    """The report as plain text, 100 columns wide."""
    console = _plain_console()
    show(report, console, verbose=verbose)
    return _written(console)


def render_result(result: RuleResult) -> str:
    """One rule that fell short as plain text, as :func:`render` shows it."""
    console = _plain_console()
    console.print(fault_block(result, Ink.of(console), width=console.width), crop=False, highlight=False)
    return _written(console)


def _plain_console() -> Console:
    return Console(
        file=io.StringIO(), width=_PLAIN_COLUMNS, color_system=None, force_terminal=False, force_jupyter=False
    )


def _written(console: Console) -> str:
    """What a plain console was given, without the spaces with which tables fill their lines."""
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return "".join(f"{line.rstrip()}\n" for line in text.split("\n")[:-1])


class _Page:
    """The parts of one report, from top to bottom."""

    def __init__(self, report: Report, ink: Ink, width: int) -> None:
        self._report = report
        self._ink = ink
        self._width = width

    def parts(self, *, verbose: bool) -> Iterator[RenderableType]:
        yield from (self._headline(), "", facts_grid(self._report, self._ink))
        if self._report.timings is not None:
            yield from ("", timings_table(self._report.timings, self._ink))
        if self._report.unreachable is None:
            yield from ("", families_table(self._report, self._ink))
        if self._report.clients:
            yield from ("", clients_table(self._report, self._ink))
        if verbose:
            yield from self._every_rule()
        faults = [*self._faults()]
        yield from faults
        yield from self._not_testable()
        yield from self._since()
        yield from self._reproduction()
        yield from self._known_failures()
        yield from self._unscored()
        yield from self._notes()
        if faults:  # by now the first line may have scrolled away
            yield from ("", self._headline())

    def _headline(self) -> Text:
        outcome = self._report.outcome
        mark = self._ink.passed if outcome is Outcome.HELD else self._ink.failed
        return self._ink.text((f"{mark} {headline(self._report)}", _OUTCOME_STYLES[outcome]))

    def _standing(self, *wanted: Standing) -> list[RuleResult]:
        return [result for result in self._report.results if standing(self._report, result) in wanted]

    def _faults(self) -> Iterator[RenderableType]:
        bad = (Standing.FAILED, Standing.CHANGED, Standing.EXPIRED)
        for wanted, noun, style in ((bad, "failure", "red"), ((Standing.WARNED,), "warning", "yellow")):
            found = [result for result in self._standing(*wanted) if result.verdict is Verdict.FAILED]
            if found:
                yield from self._section(counted(len(found), noun), style)
            for result in found:
                is_warning = Standing.WARNED in wanted
                yield from ("", fault_block(result, self._ink, width=self._width, is_warning=is_warning))

    def _reproduction(self) -> Iterator[RenderableType]:
        request = request_to_reproduce(self._report)
        if request is None or (self._report.outcome is Outcome.HELD and not self._report.warnings):
            return
        yield from self._section("Reproduce")
        yield self._ink.unbroken(curl_line(request))

    def _not_testable(self) -> Iterator[RenderableType]:
        if self._report.unreachable is not None:  # the first line says it for all of them
            return
        by_reason: dict[str, list[RuleResult]] = {}
        for result in self._standing(Standing.FAILED, Standing.WARNED, Standing.NOTED):
            if result.verdict is Verdict.NOT_TESTABLE:
                by_reason.setdefault(result.reason, []).append(result)
        if by_reason:
            yield from self._section("Not testable, which counts as failed")
        for reason, results in by_reason.items():
            rules = ", ".join(
                f"{item.rule.level.value} {item.rule.id} {item.rule.name} (symptom {', '.join(item.symptoms)})"
                for item in results
            )
            yield self._item(reason, (f": {rules}", "dim"), mark=self._ink.failed)

    def _since(self) -> Iterator[RenderableType]:
        comparison = compare(self._report)
        if comparison is None:
            return
        yield from self._section(f"Since {comparison.past.started or 'the earlier report'}")
        yield self._ink.text((since_headline(comparison), "bold"))
        for remark in comparison.remarks:
            yield self._item(remark, mark=self._ink.warned)
        marks = {Change.NEW: self._ink.failed, Change.FIXED: self._ink.passed}
        for change in comparison.changes:
            yield self._item((named_change(change), "bold"), " ", said_of(change), mark=marks.get(change.change))

    def _known_failures(self) -> Iterator[RenderableType]:
        listed = [result for result in self._report.scored if result.excuse is not None]
        if listed:
            yield from self._section("Known failures")
        for result in sorted(listed, key=lambda item: not item.is_list_out_of_date):
            mark = self._ink.failed if result.is_list_out_of_date else self._ink.dash
            if result in self._report.near_expiry:
                mark = self._ink.warned
            yield self._item(*self._named(result), excuse_line(result), mark=mark)

    def _unscored(self) -> Iterator[RenderableType]:
        newer = self._standing(Standing.UNSCORED)
        if newer:
            yield from self._section(f"{counted(len(newer), 'rule')} {unscored(self._report)}")
        failing = [result for result in newer if result.verdict.falls_short]
        for result in failing:
            yield self._item(*self._named(result), f"would have fallen short: {first_said(result)}")
        if newer and not failing:
            yield self._item("none of them fell short")

    def _notes(self) -> Iterator[RenderableType]:
        noted = [result for result in self._standing(Standing.NOTED) if result.verdict is Verdict.FAILED]
        pairs = [(result, finding) for result in noted for finding in result.findings]
        pairs += [(result, finding) for result in self._report.scored for finding in result.notes]
        if pairs:
            yield from self._section("Notes")
        for result, finding in sorted(pairs, key=lambda pair: self._report.results.index(pair[0])):
            yield self._item(*self._named(result), finding.message, (f" ({location(finding)})", "dim"))

    def _every_rule(self) -> Iterator[RenderableType]:
        yield from self._section("Every rule")
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for result in self._report.results:
            stand = standing(self._report, result)
            name = self._ink.text(f"{self._mark(stand)} {result.rule.id} {result.rule.name}")
            reason = f": {result.reason}" if result.reason else ""
            table.add_row(name, self._ink.text(f"{result.rule.level.value} {stand.value}", (reason, "dim")))
        yield table

    def _section(self, title: str, style: str = "dim") -> Sequence[RenderableType]:
        return "", Line(self._ink.text((title, "bold")), align="left", style=style, characters=self._ink.line)

    def _mark(self, stand: Standing) -> str:
        marks = {
            Standing.PASSED: self._ink.passed,
            Standing.FAILED: self._ink.failed,
            Standing.CHANGED: self._ink.failed,
            Standing.EXPIRED: self._ink.failed,
            Standing.NOW_PASSES: self._ink.failed,
            Standing.WARNED: self._ink.warned,
        }
        return marks.get(stand, self._ink.dash)

    def _named(self, result: RuleResult) -> tuple[tuple[str, str], str]:
        return (f"{result.rule.level.value} {result.rule.id} {result.rule.name}", "bold"), ": "

    def _item(self, *parts: str | tuple[str, str], mark: str | None = None) -> RenderableType:
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(mark or self._ink.dash, self._ink.text(*parts))
        return grid
