"""One rule that fell short, as a person reads it: what was seen, where, what it does, how to fix it."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.catalogue import Level
from conformance.judging.rule_result import RuleResult
from conformance.reports.excerpt_rows import excerpt_rows
from conformance.reports.excuses import excuse_line
from conformance.reports.ink import Ink
from conformance.reports.wording import BASES, location
from conformance.stream.finding import Excerpt, Finding

__all__ = ["fault_block"]

_INDENT = 2


def fault_block(result: RuleResult, ink: Ink, *, width: int, is_warning: bool = False) -> RenderableType:
    """The block of a rule that failed or could not be tested.

    Args:
        result: The rule's result.
        ink: Makes text.
        width: Columns of the console.
        is_warning: Whether the failure leaves the outcome alone.
    """
    rule = result.rule
    style = "yellow" if is_warning else "red"
    mark = ink.warned if is_warning else ink.failed
    title = ink.text((f"{mark} {rule.level.value} {rule.id} {rule.name}", f"bold {style}"))
    body: list[RenderableType] = [ink.text(rule.requirement, (f" ({_why(rule.level, BASES[rule.basis])})", "dim"))]
    if not result.findings:
        body += ["", ink.text((f"not testable: {result.reason}", "bold"))]
    for finding in result.findings:
        body += ["", *_finding(finding, ink, width - _INDENT)]
    body += ["", _advice(result, ink)]
    reference = ink.unbroken("  ", ("Reference", "dim"), "    ", rule.reference)
    return Group(title, Padding(Group(*body), (0, 0, 0, _INDENT)), reference)


def _why(level: Level, basis: str) -> str:
    return f"{level.value}: {basis}"


def _finding(finding: Finding, ink: Ink, width: int) -> Iterator[RenderableType]:
    yield ink.text((finding.message, "bold"))
    yield ink.text((location(finding), "cyan"))
    if finding.excerpt is not None:
        yield from _excerpt(finding.excerpt, ink, width)


def _excerpt(excerpt: Excerpt, ink: Ink, width: int) -> Iterator[Text]:
    margin = " " * 7
    for row in excerpt_rows(excerpt, width=width - len(margin), more=ink.more):
        text = ink.text((f"  {row.label:<5}", "dim"), row.text)
        start = len(margin) + row.fault_start
        text.stylize("reverse", start, start + row.fault_width)
        text.no_wrap = True
        yield text
        yield Text(margin + row.marks, style="bold", no_wrap=True)


def _advice(result: RuleResult, ink: Ink) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("Consequence", ink.text(result.rule.consequence))
    grid.add_row("Fix", ink.text(result.rule.fix))
    if result.excuse is not None:
        grid.add_row("Known", ink.text(excuse_line(result)))
    grid.add_row("Symptom", ink.text(", ".join(result.symptoms)))
    return grid
