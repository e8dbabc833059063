"""``python -m load metrics``: what is measured, and how."""

from collections.abc import Iterable, Iterator

import click

from load.metrics import METRICS, RUN_METRICS, STREAM_METRICS, RunMetric, StreamMetric

__all__ = ["metrics", "metrics_markdown"]


@click.command(short_help="Say what is measured, by which formula, and where the definition comes from.")
@click.option("--markdown", is_flag=True, help="As a page of documentation.")
def metrics(markdown: bool) -> None:
    """Say what is measured, by which formula, and where the definition comes from."""
    click.echo(metrics_markdown() if markdown else "\n\n".join(map(_entry, METRICS.values())))


def metrics_markdown() -> str:
    """The page docs/reference/load-metrics.md."""
    return "\n".join(
        [
            "# What a load run measures",
            "",
            "Instants are nanoseconds on the monotonic clock of the process that read the stream, from the start of",
            "the run. Times count from the *planned* instant of a request, so that a slow endpoint cannot hide behind",
            "requests that were sent late. Formulas use the fields of a [row](load-run-format.md).",
            "",
            "## Of each stream",
            "",
            "A run has a distribution of these: an objective adds `_p50`, `_p95`, `_p99` or any other percentile,",
            "`_median`, `_mean`, `_min` or `_max`, as in `ttfp_p95 <= 1.5 s`. Percentiles are exact, by nearest rank,",
            "with the order-statistic interval; each end is a 95 % bound, so p50 takes 5 streams, p95 takes 59 and p99",
            "takes 299.",
            "",
            *_sections(STREAM_METRICS),
            "## Of the whole run",
            "",
            "Rates are counted in the steady window: from the end of the warm-up to the moment when streams are no",
            "longer started. Intervals are 95 % bounds on either side.",
            "",
            *_sections(RUN_METRICS),
            "### `goodput`",
            "",
            "Good pictures per second (1/s): images per second, less those of streams that broke one of the other",
            "objectives on a stream's own metric. There is one where there are such objectives.",
        ]
    )


def _sections(group: Iterable[StreamMetric | RunMetric]) -> Iterator[str]:
    for metric in group:
        yield from (
            f"### `{metric.name}`",
            "",
            f"{metric.title.capitalize()} ({metric.unit.value}): `{metric.formula}`.",
        )
        yield from ("", metric.source, "")


def _entry(metric: StreamMetric | RunMetric) -> str:
    return f"{metric.name} ({metric.unit.value}): {metric.title}\n  = {metric.formula}\n  {metric.source}"
