"""What the page shows of each exchange: its pictures and charts, of as many exchanges as a page can hold."""

from dataclasses import dataclass

from conformance.judging.report import Report
from conformance.reports.html.cadence import Measured, cadence, measured
from conformance.reports.html.chart import Chart
from conformance.reports.html.exchange import Exchange, exchanges
from conformance.reports.html.filmstrip import Filmstrip, drawing_budget, filmstrip
from conformance.reports.html.findings import faults_of
from conformance.reports.html.limits import limits
from conformance.reports.html.timeline import timeline

__all__ = ["Scene", "main_scene", "scenes"]

_MOST_CHARTED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the page shows of one exchange.

    Attributes:
        exchange: The exchange.
        timeline: Its timeline; None without events, or where there are too many exchanges.
        cadence: Its waits as a chart; likewise, and for generations alone.
        measured: Its waits as a table; none but for generations.
        filmstrip: Its pictures.
    """

    exchange: Exchange
    timeline: Chart | None
    cadence: Chart | None
    measured: tuple[Measured, ...]
    filmstrip: Filmstrip


def scenes(report: Report) -> tuple[Scene, ...]:
    """One scene an exchange, as recorded; what the page has room for is given to generations first."""
    found, budget, rules = exchanges(report), drawing_budget(), limits(report)
    faults = faults_of(found, report.results)
    in_need = sorted(found, key=lambda item: not item.is_generation)
    charted = {item.number for item in [item for item in in_need if item.has_stream][:_MOST_CHARTED]}
    filmstrips = {item.number: filmstrip(item, budget) for item in in_need}
    return tuple(
        Scene(
            exchange=item,
            timeline=timeline(item, faults.get(item.number, ())) if item.number in charted else None,
            cadence=cadence(item, rules) if item.number in charted and item.is_generation else None,
            measured=measured(item, rules) if item.is_generation else (),
            filmstrip=filmstrips[item.number],
        )
        for item in found
    )


def main_scene(found: tuple[Scene, ...]) -> Scene | None:
    """The first generation that was answered, or None."""
    return next((item for item in found if item.exchange.is_generation and item.exchange.evidence.head), None)
