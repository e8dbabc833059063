"""A run and its verdicts, for a person at a terminal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table

from load.envelope_share import share_used
from load.host_drift import NOISY_DRIFT, host_drift
from load.judged_run import JudgedRun
from load.objectives import Standing, Verdict
from load.quantiles import streams_needed
from load.run import MarkKind, Run
from load.stream_row import Outcome, StreamRow
from load.summary import failure_counts, run_figures, stream_figures
from load.value_text import interval_text, percentile_text, value_text

__all__ = ["print_run"]

_MEDIAN, _P95, _P99 = Fraction(50), Fraction(95), Fraction(99)
_COLOURS = {Standing.HELD: "green", Standing.FELL_SHORT: "red", Standing.NOT_TESTABLE: "yellow"}


def print_run(console: Console, judged: JudgedRun) -> None:
    """Print what was run, the metrics, the failures by kind, the verdicts, and why none of it may be believed."""
    run = judged.run
    console.print(_headline(run), highlight=False, soft_wrap=True)
    if any(row.pictures for row in run.measured):
        console.print(_stream_table(run.measured))
        console.print(_run_table(run))
    share = share_used(run)
    if share is not None:
        console.print(f"the generator used {share:.1%} of what it can measure on this machine", style="dim")
    if any(row.outcome.is_failure for row in run.rows):
        console.print(_failures_table(run.rows))
    for mark in run.marks:
        if mark.kind in (MarkKind.WORKER_LOST, MarkKind.NOTE):
            console.print(escape(mark.text), highlight=False, soft_wrap=True)
    if (drift := host_drift(run)) is not None:
        words = f"the same request, alone, took up to {drift:.1%} longer at one moment than at another"
        style = "yellow" if drift > NOISY_DRIFT else "dim"
        console.print(f"noisy: {words}" if drift > NOISY_DRIFT else words, style=style, highlight=False, soft_wrap=True)
    for sentence in judged.conclusions:
        console.print(f"[bold]{escape(sentence)}[/bold]", highlight=False, soft_wrap=True)
    if judged.verdicts:
        console.print(_verdicts_table(judged.verdicts))
    for one in judged.invalid:
        console.print(f"[yellow]invalid:[/yellow] {escape(one.reason)}", highlight=False, soft_wrap=True)


def _headline(run: Run) -> str:
    counts = Counter(row.outcome for row in run.rows)
    failed = sum(count for outcome, count in counts.items() if outcome.is_failure)
    words = [f"{counts[Outcome.COMPLETE]} complete", f"{failed} failed"]
    words += [f"{counts[Outcome.LEFT]} left on purpose"] if counts[Outcome.LEFT] else []
    words += [f"{counts[Outcome.CUT_SHORT]} cut short by the end of the run"] if counts[Outcome.CUT_SHORT] else []
    warm_up = sum(row.is_warm_up for row in run.rows)
    words += [f"{warm_up} of all to warm up"] if warm_up else []
    fingerprint = run.fingerprint
    return (
        f"[bold]{escape(fingerprint.scenario)}[/bold] on {escape(fingerprint.endpoint)}: "
        f"{_streams(len(run.rows))}, {', '.join(words)}"
    )


def _stream_table(measured: Sequence[StreamRow]) -> Table:
    table = _table("streams", ("metric", "left"), *((name, "right") for name in ("n", "p50", "p95", "p99", "max")))
    for figures in stream_figures(measured):
        cells = (percentile_text(figures, share) for share in (_MEDIAN, _P95, _P99))
        largest = value_text(figures.largest, figures.metric.unit)
        table.add_row(figures.metric.title, str(figures.streams), *cells, largest)
    captions = ["n<59: p95 takes 59 streams"] if len(measured) < streams_needed(_P95) else []
    if any(row.outcome.is_failure for row in measured):
        captions.append("failed streams count up to where they failed; objectives count what never came")
    table.caption, table.caption_justify = "; ".join(captions) or None, "left"
    return table


def _run_table(run: Run) -> Table:
    table = _table("the run", ("metric", "left"), ("value", "right"), ("interval", "left"))
    for metric, estimate in run_figures(run):
        table.add_row(metric.title, value_text(estimate.value, metric.unit), interval_text(estimate, metric.unit))
    return table


def _failures_table(rows: Iterable[StreamRow]) -> Table:
    table = _table("failures", ("kind", "left"), ("streams", "right"), ("detail", "left"))
    for one in failure_counts(rows):
        table.add_row(one.outcome.value, str(one.streams), escape(one.detail))
    return table


def _verdicts_table(verdicts: Iterable[Verdict]) -> Table:
    columns = (("objective", "left"), ("measured", "right"), ("interval", "left"), ("n", "right"), ("verdict", "left"))
    table = _table("objectives", *columns)
    for verdict in verdicts:
        unit = verdict.objective.unit
        measured = None if verdict.standing is Standing.NOT_TESTABLE else verdict.measured
        colour = _COLOURS[verdict.standing]
        table.add_row(
            escape(str(verdict.objective)),
            "-" if measured is None else value_text(measured.value, unit),
            interval_text(measured, unit),
            _judged_streams(verdict),
            f"[{colour}]{verdict.standing.value}[/{colour}]" + (" (close)" if verdict.is_close else ""),
        )
    return table


def _table(title: str, *columns: tuple[str, str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for place, (heading, justify) in enumerate(columns):
        # What a row is of stays whole on a narrow terminal; the rest of it folds.
        justified: JustifyMethod = "right" if justify == "right" else "left"
        table.add_column(heading, justify=justified, overflow="fold", no_wrap=place == 0)
    return table


def _judged_streams(verdict: Verdict) -> str:
    streams = 0 if verdict.measured is None else verdict.measured.streams
    return f"{streams} of {verdict.streams_needed}" if streams < verdict.streams_needed else str(streams)


def _streams(count: int) -> str:
    return "1 stream" if count == 1 else f"{count} streams"
