"""A judged run for a pull request: the verdict first, then what it is made of."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from load.envelope_share import share_used
from load.exit_code import ExitCode
from load.judged_run import JudgedRun
from load.objectives import Standing, Verdict
from load.reports.markdown_text import escaped
from load.run import Run
from load.stream_row import StreamRow
from load.summary import failure_counts, run_figures, stream_figures
from load.value_text import interval_text, percentile_text, value_text

__all__ = ["render"]

_P50, _P95, _P99 = Fraction(50), Fraction(95), Fraction(99)
_HEADLINES = {
    ExitCode.HELD: "held",
    ExitCode.FELL_SHORT: "**fell short**",
    ExitCode.NOT_JUDGED: "**not judged**",
}


def render(judged: JudgedRun) -> str:
    """The run as GitHub's Markdown."""
    return "\n".join(_lines(judged)) + "\n"


def _lines(judged: JudgedRun) -> Iterator[str]:
    run = judged.run
    yield from (f"### Load: {escaped(run.fingerprint.scenario)} {_HEADLINES[judged.exit_code]}", "", _summary(run))
    share = share_used(run)
    if share is not None:
        yield f"The generator used {share:.1%} of what it can measure on its machine."
    yield from _bullets([f"**Invalid:** {one.reason}" for one in judged.invalid])
    yield from _bullets(judged.conclusions)
    if judged.verdicts:
        yield from ("", "| objective | measured | interval | streams | verdict |", "| --- | --: | --- | --: | --- |")
        yield from map(_verdict_row, judged.verdicts)
    yield from ("", "| metric | streams | p50 | p95 | p99 | max |", "| --- | --: | --: | --: | --: | --: |")
    yield from _stream_rows(run.measured)
    yield from ("", "| metric | value | interval |", "| --- | --: | --- |")
    yield from _run_rows(run)
    failures = failure_counts(run.rows)
    if failures:
        yield from ("", "| failure | streams | detail |", "| --- | --: | --- |")
        yield from (f"| {one.outcome.value} | {one.streams} | {escaped(one.detail)} |" for one in failures)


def _summary(run: Run) -> str:
    fingerprint = run.fingerprint
    counts = Counter(row.outcome for row in run.rows)
    outcomes = ", ".join(f"{count} {outcome.value}" for outcome, count in counts.most_common())
    return f"{escaped(fingerprint.endpoint)}, {fingerprint.started_at}: {len(run.rows)} streams ({outcomes})."


def _bullets(sentences: Sequence[str]) -> Iterator[str]:
    if sentences:
        yield ""
        yield from (f"- {escaped(sentence, keep='*')}" for sentence in sentences)


def _verdict_row(verdict: Verdict) -> str:
    unit = verdict.objective.unit
    measured = None if verdict.standing is Standing.NOT_TESTABLE else verdict.measured
    value = "" if measured is None else value_text(measured.value, unit)
    streams = 0 if verdict.measured is None else verdict.measured.streams
    count = f"{streams} of {verdict.streams_needed}" if streams < verdict.streams_needed else str(streams)
    standing = verdict.standing.value if verdict.standing is Standing.HELD else f"**{verdict.standing.value}**"
    close = " (close)" if verdict.is_close else ""
    return f"| {verdict.objective} | {value} | {interval_text(measured, unit)} | {count} | {standing}{close} |"


def _stream_rows(rows: Sequence[StreamRow]) -> Iterator[str]:
    for figures in stream_figures(rows):
        cells = " | ".join(percentile_text(figures, share) for share in (_P50, _P95, _P99))
        largest = value_text(figures.largest, figures.metric.unit)
        yield f"| {figures.metric.title} | {figures.streams} | {cells} | {largest} |"


def _run_rows(run: Run) -> Iterator[str]:
    for metric, estimate in run_figures(run):
        value = value_text(estimate.value, metric.unit)
        yield f"| {metric.title} | {value} | {interval_text(estimate, metric.unit)} |"
