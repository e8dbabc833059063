"""The page itself: what is in it."""

from collections.abc import Iterator
from functools import cache

from jinja2 import Template

from load.exit_code import ExitCode
from load.judged_run import JudgedRun
from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.inter_preview_latency import INTER_PREVIEW_LATENCY
from load.metrics.longest_gap import LONGEST_GAP
from load.metrics.time_to_final import TIME_TO_FINAL
from load.objectives import Standing
from load.reports.html.chart import Chart
from load.reports.html.distribution import distribution
from load.reports.html.failures_over_time import failures_over_time
from load.reports.html.generator_lag import generator_lag
from load.reports.html.headline_figures import headline_figures
from load.reports.html.over_time import over_time
from load.reports.html.self_contained import environment, self_contained
from load.reports.html.server_lines import server_lines
from load.reports.html.swim_lanes import swim_lanes
from load.reports.html.throughput import throughput
from load.run import MarkKind, Run
from load.summary import PERCENTILES, failure_counts, run_figures, stream_figures
from load.value_text import interval_text, percentile_text, value_text

__all__ = ["charts", "render"]

_HEADLINES = {
    ExitCode.HELD: ("good", "Held"),
    ExitCode.FELL_SHORT: ("bad", "Fell short"),
    ExitCode.NOT_JUDGED: ("warn", "Not judged"),
}
_TONES = {Standing.HELD: "good", Standing.FELL_SHORT: "bad", Standing.NOT_TESTABLE: "warn"}


def render(judged: JudgedRun) -> str:
    """The run as one HTML file that loads nothing."""
    tone, headline = _HEADLINES[judged.exit_code]
    return self_contained(
        _template(),
        judged=judged,
        run=judged.run,
        tone=tone,
        headline=headline if judged.is_judged else "Measured",
        charts=tuple(charts(judged.run)),
        headlines=headline_figures(judged.run),
        streams=stream_figures(judged.run.measured),
        of_run=run_figures(judged.run),
        failures=failure_counts(judged.run.rows),
        remarks=[mark.text for mark in judged.run.marks if mark.kind is MarkKind.NOTE],
    )


def charts(run: Run) -> Iterator[Chart]:
    """Every chart that the run has data for, in the order of the page."""
    drawn = (
        throughput(run),
        over_time(run, FIRST_PREVIEW),
        distribution(run, FIRST_PREVIEW),
        over_time(run, LONGEST_GAP),
        distribution(run, INTER_PREVIEW_LATENCY),
        distribution(run, TIME_TO_FINAL),
        failures_over_time(run),
        swim_lanes(run),
        *server_lines(run),
        generator_lag(run),
    )
    return (chart for chart in drawn if chart is not None)


@cache
def _template() -> Template:
    templates = environment()
    templates.globals.update(
        TONES=_TONES,
        PERCENTILES=PERCENTILES,
        interval_text=interval_text,
        percentile_text=percentile_text,
        value_text=value_text,
    )
    return templates.get_template("page.html.jinja")
