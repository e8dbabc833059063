"""What a run came to, as plain figures that can be compared and followed over time."""

from collections.abc import Iterator
from fractions import Fraction
from math import isfinite

from load.envelope_share import share_used
from load.errors import UsageError
from load.regression.interleaved_comparison import InterleavedComparison
from load.run import Run
from load.summary import run_figures, stream_figures

__all__ = ["figures_of"]

_INTERLEAVED = "ab"
_SHARES = {Fraction(50): "median", Fraction(95): "p95", Fraction(99): "p99"}


def figures_of(run: Run) -> dict[str, float]:
    """The figures by the names that objectives have for them, in base units; those that are not finite are left out.

    Of an interleaved run only the ratios mean something outside it: ``ttfp_ratio`` is how many times slower the
    candidate was.
    """
    figures = _ratios(run) if run.fingerprint.scenario == _INTERLEAVED else _plain(run)
    return {name: value for name, value in figures if isfinite(value)}


def _ratios(run: Run) -> Iterator[tuple[str, float]]:
    try:
        comparison = InterleavedComparison.of(run)
    except UsageError:
        return
    for one in comparison.metrics:
        yield f"{one.metric.name}_ratio", one.ratio


def _plain(run: Run) -> Iterator[tuple[str, float]]:
    for figures in stream_figures(run.measured):
        yield f"{figures.metric.name}_mean", figures.mean
        for share, name in _SHARES.items():
            estimate = figures.percentiles.get(share)
            if estimate is not None:
                yield f"{figures.metric.name}_{name}", estimate.value
    for metric, estimate in run_figures(run):
        yield metric.name, estimate.value
    used = share_used(run)
    if used is not None:
        yield "envelope_share", used
