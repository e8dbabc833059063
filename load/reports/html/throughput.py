"""Throughput against latency, one point a load: where more users bring no more pictures, only more waiting."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from load.metrics.first_preview import FIRST_PREVIEW
from load.quantiles import nearest_rank, streams_needed
from load.reports.html.chart import BAD, CALM, SOFT, WARM, Chart, Trace, axis, hover, layout
from load.run import MarkKind, Run
from load.stream_row import StreamRow

__all__ = ["throughput"]

_NS_PER_SECOND = 1e9
_FEWEST_POINTS = 2
_P50, _P95 = Fraction(50), Fraction(95)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    """What the stages of one name came to; the 95th percentile is None where the streams are too few for it."""

    name: str
    streams: int
    streams_at_once: float
    images_per_second: float
    median_seconds: float
    p95_seconds: float | None


def throughput(run: Run) -> Chart | None:
    """Images per second against the time to first preview of each load; None where there are not several."""
    loads = sorted(_loads(run), key=lambda load: load.streams_at_once)
    if len(loads) < _FEWEST_POINTS:
        return None
    knees = " ".join(mark.text for mark in run.marks if mark.kind is MarkKind.KNEE)
    best = max(loads, key=lambda load: load.images_per_second)
    far = [load for load in loads if load.p95_seconds is not None]
    return Chart(
        id="throughput",
        title="Throughput against latency",
        summary=f"{len(loads)} loads, up to {best.images_per_second:.3g} images per second ({best.name}). {knees}",
        traces=(_medians(loads, knees), *([_far_ends(far)] if far else [])),
        layout=layout(
            x=axis("images per second", rangemode="tozero"),
            y=axis("time to first preview, s", rangemode="tozero"),
        ),
    )


def _medians(loads: Sequence[_Load], knees: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines+markers+text",
        "name": "median; red: where the search ended" if knees else "median",
        "x": [round(load.images_per_second, 4) for load in loads],
        "y": [round(load.median_seconds, 4) for load in loads],
        "text": [hover(load.name) for load in loads],
        "hovertext": [_words(load) for load in loads],
        "hoverinfo": "text",
        "textposition": "bottom center",
        "marker": {"color": [BAD if _is_named(load, knees) else CALM for load in loads], "size": 10},
        "line": {"color": SOFT, "width": 1, "dash": "dot"},
    }


def _far_ends(loads: Sequence[_Load]) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "p95, where the streams suffice",
        "x": [round(load.images_per_second, 4) for load in loads],
        "y": [round(load.p95_seconds or 0.0, 4) for load in loads],
        "hovertext": [_words(load) for load in loads],
        "hoverinfo": "text",
        "marker": {"color": WARM, "size": 8, "symbol": "triangle-up"},
        "line": {"color": SOFT, "width": 1, "dash": "dot"},
    }


def _is_named(load: _Load, knees: str) -> bool:
    # The search names the load that holds and the one that breaks; "4 users" is not in "14 users".
    return re.search(rf"(?<!\w){re.escape(load.name)}(?!\w)", knees) is not None


def _loads(run: Run) -> Iterator[_Load]:
    stages = [mark for mark in run.marks if mark.kind is MarkKind.STAGE]
    rows: dict[str, list[StreamRow]] = {}
    lengths_ns: dict[str, int] = {}
    for stage, (start_ns, end_ns) in zip(stages, pairwise(_edges(run)), strict=True):
        rows.setdefault(stage.text, []).extend(row for row in run.measured if start_ns <= row.planned_ns < end_ns)
        lengths_ns[stage.text] = lengths_ns.get(stage.text, 0) + max(0, end_ns - max(start_ns, run.window_ns[0]))
    for name, own in rows.items():
        firsts = [value for row in own for value in FIRST_PREVIEW.of(row)]
        if firsts and lengths_ns[name]:
            yield _load(name, own, firsts, lengths_ns[name])


def _edges(run: Run) -> Sequence[int]:
    return [*(mark.at_ns for mark in run.marks if mark.kind is MarkKind.STAGE), run.window_ns[1]]


def _load(name: str, rows: Sequence[StreamRow], firsts: Sequence[float], length_ns: int) -> _Load:
    return _Load(
        name=name,
        streams=len(rows),
        streams_at_once=sum(row.end_ns - row.sent_ns for row in rows) / length_ns,
        images_per_second=sum(row.final_ns is not None for row in rows) / (length_ns / _NS_PER_SECOND),
        median_seconds=nearest_rank(firsts, _P50),
        p95_seconds=nearest_rank(firsts, _P95) if len(firsts) >= streams_needed(_P95) else None,
    )


def _words(load: _Load) -> str:
    return hover(
        load.name,
        f"{load.images_per_second:.3g} images per second",
        f"median {load.median_seconds:.3f} s",
        "" if load.p95_seconds is None else f"p95 {load.p95_seconds:.3f} s",
        f"{load.streams} streams",
    )
