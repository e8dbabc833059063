"""Rules as a person reads them on a terminal: the list, and one rule in full."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from conformance.catalogue import Rule, Sample

__all__ = ["show_rule", "show_rules"]


def show_rules(rules: Iterable[Rule], console: Console) -> None:
    """Print one line a rule."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("id", "level", "basis"):
        table.add_column(heading, no_wrap=True)
    table.add_column("requirement")
    for rule in rules:
        table.add_row(rule.id, rule.level.value, rule.basis.value, escape(rule.requirement))
    console.print(table)


def show_rule(rule: Rule, console: Console) -> None:
    """Print everything a rule knows of itself."""
    console.print(f"[bold]{rule.id} {rule.name}[/bold]  {rule.level.value}, basis {rule.basis.value}")
    console.print(escape(rule.requirement))
    for heading, text in (
        ("Why", rule.rationale),
        ("When it fails", rule.consequence),
        ("Fix", rule.fix),
        ("Reference", rule.reference),
    ):
        console.print(f"\n[bold]{heading}[/bold]\n{escape(text)}")
    console.print(f"\n[bold]Evidence[/bold]\n{', '.join(rule.evidence)}")
    if rule.requires:
        console.print(f"\n[bold]Judged only when these passed[/bold]\n{', '.join(rule.requires)}")
    if rule.options is not None:
        console.print(f"\n[bold]Options[/bold] (a profile sets them under [{escape('rules.' + rule.id)}])")
        console.print(escape(repr(rule.options).partition("(")[2].rstrip(")")))
    _show_samples("Passes on", rule.passes, console)
    _show_samples("Fails on", rule.fails, console)


def _show_samples(heading: str, samples: tuple[Sample, ...], console: Console) -> None:
    console.print(f"\n[bold]{heading}[/bold]")
    for sample in samples:
        console.print(f"- {escape(sample.title)}")
