"""A comparison, for a person at a terminal."""

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from load.ab.comparison_rows import comparison_rows, failures_line
from load.ab.judged_comparison import JudgedComparison
from load.regression.share import share_text
from load.regression.verdict import RegressionVerdict

__all__ = ["print_comparison"]

_COLOURS = {
    RegressionVerdict.REGRESSED: "red",
    RegressionVerdict.NO_REGRESSION: "green",
    RegressionVerdict.NOT_ENOUGH_DATA: "yellow",
}
_NOTEWORTHY_DRIFT = 0.05


def print_comparison(console: Console, judged: JudgedComparison) -> None:
    """Print each metric's values, effect and verdict, then what it all comes to."""
    comparison, fingerprint = judged.comparison, judged.run.fingerprint
    console.print(f"candidate {fingerprint.endpoint}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"baseline  {fingerprint.baseline}", markup=False, highlight=False, soft_wrap=True)
    if comparison.metrics:
        console.print(_table(judged))
    console.print(failures_line(comparison.failures), markup=False, highlight=False, soft_wrap=True)
    drift = comparison.baseline_drift
    if drift is not None and abs(drift) > _NOTEWORTHY_DRIFT:
        words = f"the baseline itself moved by {share_text(drift)} meanwhile; taking turns cancels that"
        console.print(words, style="dim", highlight=False, soft_wrap=True)
    colour = _COLOURS[comparison.verdict]
    console.print(f"[bold {colour}]{escape(judged.sentence)}[/]", highlight=False, soft_wrap=True)
    console.print(judged.cost_sentence, markup=False, highlight=False, soft_wrap=True)
    for one in judged.invalid:
        console.print(f"[yellow]invalid:[/yellow] {escape(one.reason)}", highlight=False, soft_wrap=True)


def _table(judged: JudgedComparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column("metric", no_wrap=True)
    table.add_column("baseline → candidate", overflow="fold")
    table.add_column("effect", justify="right", no_wrap=True)
    table.add_column("bounds", overflow="fold")
    table.add_column("verdict", overflow="fold")
    for row in comparison_rows(judged.comparison):
        verdict = f"[{_COLOURS[row.verdict]}]{row.verdict.value}[/]"
        table.add_row(row.title, f"{row.baseline} → {row.candidate}", row.effect, row.bounds, verdict)
    return table
