"""A run and its verdicts, for a person at a terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import isinf

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from load.metrics import METRICS, RATE_METRICS, STREAM_METRICS
from load.objectives import Standing, Verdict
from load.quantiles import nearest_rank, streams_needed
from load.run_file import Run
from load.stream_row import Outcome, StreamRow

__all__ = ["print_run", "print_verdicts"]

_MEDIAN, _P95 = Fraction(50), Fraction(95)
_COLOURS = {Standing.HELD: "green", Standing.FELL_SHORT: "red", Standing.NOT_ENOUGH: "yellow"}


def print_run(console: Console, run: Run) -> None:
    """Print what was run, the metrics, and the failures by kind."""
    fingerprint, rows = run.fingerprint, run.rows
    counts = Counter(row.outcome for row in rows)
    failed = sum(count for outcome, count in counts.items() if outcome.is_failure)
    console.print(
        f"[bold]{escape(fingerprint.scenario)}[/bold] on {escape(fingerprint.endpoint)}: {_streams(len(rows))}, "
        f"{counts[Outcome.COMPLETE]} complete, {failed} failed, "
        f"{counts[Outcome.CUT_SHORT]} cut short by the end of the run",
        highlight=False,
        soft_wrap=True,
    )
    judged = [row for row in rows if row.outcome is not Outcome.CUT_SHORT]
    if any(row.pictures for row in judged):
        console.print(_metrics_table(judged))
        console.print("throughput: " + ", ".join(_throughput(rows)), highlight=False)
    if failed:
        console.print(_failures_table(rows))


def print_verdicts(console: Console, verdicts: Sequence[Verdict]) -> None:
    """Print one line an objective."""
    if not verdicts:
        return
    table = Table(title="objectives", title_justify="left", title_style="bold")
    table.add_column("objective", overflow="fold")
    table.add_column("measured", justify="right")
    table.add_column("streams", justify="right")
    table.add_column("verdict")
    for verdict in verdicts:
        colour = _COLOURS[verdict.standing]
        table.add_row(
            escape(str(verdict.objective)),
            _measured(verdict),
            _judged_streams(verdict),
            f"[{colour}]{verdict.standing.value}[/{colour}]",
        )
    console.print(table)


def _metrics_table(judged: Sequence[StreamRow]) -> Table:
    table = Table(title="metrics", title_justify="left", title_style="bold")
    table.add_column("metric")
    for heading in ("n", "p50", "p95", "max"):
        table.add_column(heading, justify="right")
    table.add_column("unit")
    for metric in STREAM_METRICS:
        per_stream = [of_row for row in judged if (of_row := metric.of(row))]
        values = [value for of_row in per_stream for value in of_row]
        if values:
            p50, p95 = (_percentile(values, len(per_stream), share) for share in (_MEDIAN, _P95))
            table.add_row(metric.title, str(len(values)), p50, p95, f"{max(values):.3f}", metric.unit.value)
    if any(row.outcome.is_failure for row in judged):
        table.caption_justify = "left"
        table.caption = "Failed streams count only up to where they failed; objectives count what never came."
    return table


def _throughput(rows: Sequence[StreamRow]) -> Iterator[str]:
    for metric in RATE_METRICS:
        value = metric.of(rows)
        if value is not None:
            yield f"{value:.3f} {metric.title}"


def _failures_table(rows: Iterable[StreamRow]) -> Table:
    table = Table(title="failures", title_justify="left", title_style="bold")
    table.add_column("kind")
    table.add_column("streams", justify="right")
    table.add_column("detail", overflow="fold")
    counts = Counter((row.outcome, row.detail) for row in rows if row.outcome.is_failure)
    for (outcome, detail), count in counts.most_common():
        table.add_row(outcome.value, str(count), escape(detail))
    return table


def _percentile(values: Sequence[float], streams: int, share: Fraction) -> str:
    needed = streams_needed(share)
    return f"n<{needed}" if streams < needed else f"{nearest_rank(values, share):.3f}"


def _measured(verdict: Verdict) -> str:
    if verdict.measured is None:
        return "-"
    unit = METRICS[verdict.objective.metric].unit.value
    return "never came" if isinf(verdict.measured) else f"{verdict.measured:.3f} {unit}"


def _judged_streams(verdict: Verdict) -> str:
    if verdict.standing is Standing.NOT_ENOUGH:
        return f"{verdict.streams} of {verdict.objective.streams_needed}"
    return str(verdict.streams)


def _streams(count: int) -> str:
    return "1 stream" if count == 1 else f"{count} streams"
