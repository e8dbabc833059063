"""Single streams, each on a line of its own from the instant it was due: the wait, the previews, the final."""

from collections.abc import Callable, Iterator, Sequence

from load.metrics.first_preview import FIRST_PREVIEW
from load.reports.html.chart import BAD, CALM, SOFT, STRONG, Chart, Trace, axis, hover, layout, seconds
from load.run import Run
from load.stream_row import StreamRow

__all__ = ["swim_lanes"]

_Span = Callable[[StreamRow], tuple[int, int]]
_Instants = Callable[[StreamRow], tuple[int, ...]]

_MOST_LANES = 36
_LANE_PIXELS = 15
_NS_PER_SECOND = 1e9


def swim_lanes(run: Run) -> Chart | None:
    """The failed streams, the slowest, and some of the others; None where there are no streams."""
    if not run.rows:
        return None
    lanes = _picked(run.rows)
    rest = len(run.rows) - len(lanes)
    return Chart(
        id="swim-lanes",
        title="Single streams",
        summary=f"{len(lanes)} streams: failed ones, the slowest, and some of the others"
        + (f"; {rest} more are not shown." if rest else ".")
        + " On the left: when each was due, in seconds since the start of the run.",
        traces=(
            _bars(lanes, "wait for the first preview", SOFT, _wait),
            _bars(lanes, "previews come", CALM, _stream),
            _marks(lanes, "preview", "line-ns-open", CALM, lambda row: row.preview_ns),
            _marks(lanes, "final", "diamond", STRONG, lambda row: () if row.final_ns is None else (row.final_ns,)),
            _marks(lanes, "failed", "x", BAD, lambda row: (row.end_ns,) if row.outcome.is_failure else ()),
        ),
        layout=layout(
            x=axis("seconds since the stream was due", rangemode="tozero"),
            y=axis("", autorange="reversed", tickvals=list(range(len(lanes))), ticktext=[_due(row) for row in lanes]),
            height=140 + _LANE_PIXELS * len(lanes),
            barmode="stack",
            bargap=0.4,
            legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        ),
    )


def _picked(rows: Sequence[StreamRow]) -> Sequence[StreamRow]:
    third = _MOST_LANES // 3
    failed = [row for row in rows if row.outcome.is_failure][:third]
    by_wait = sorted((row for row in rows if not row.outcome.is_failure), key=_first_preview, reverse=True)
    slowest, others = by_wait[:third], by_wait[third:]
    room = _MOST_LANES - len(failed) - len(slowest)
    step = max(1, len(others) // room)
    return [*failed, *slowest, *others[::step][:room]]


def _due(row: StreamRow) -> str:
    return hover(f"{row.planned_ns / _NS_PER_SECOND:.1f} s")


def _first_preview(row: StreamRow) -> float:
    return max(FIRST_PREVIEW.of(row), default=0.0)


def _wait(row: StreamRow) -> tuple[int, int]:
    return 0, (row.picture_ns[0] if row.pictures else row.end_ns) - row.planned_ns


def _stream(row: StreamRow) -> tuple[int, int]:
    return _wait(row)[1], row.end_ns - row.planned_ns


def _bars(lanes: Sequence[StreamRow], name: str, colour: str, span: _Span) -> Trace:
    ends = [span(row) for row in lanes]
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "base": [seconds(start_ns) for start_ns, _ in ends],
        "x": [seconds(end_ns - start_ns) for start_ns, end_ns in ends],
        "y": list(range(len(lanes))),
        "text": [hover(f"{name}: {seconds(end_ns - start_ns):.3f} s") for start_ns, end_ns in ends],
        "hoverinfo": "text",
        "textposition": "none",
        "marker": {"color": colour, "opacity": 0.45},
    }


def _marks(lanes: Sequence[StreamRow], name: str, symbol: str, colour: str, instants: _Instants) -> Trace:
    marks = list(_placed(lanes, instants))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [seconds(at_ns) for _, at_ns, _ in marks],
        "y": [lane for lane, _, _ in marks],
        "text": [hover(f"{name} at {seconds(at_ns):.3f} s", row.outcome.value, row.detail) for _, at_ns, row in marks],
        "hoverinfo": "text",
        "marker": {"color": colour, "symbol": symbol, "size": 8, "line": {"color": colour, "width": 2}},
    }


def _placed(lanes: Sequence[StreamRow], instants: _Instants) -> Iterator[tuple[int, int, StreamRow]]:
    for lane, row in enumerate(lanes):
        for at_ns in instants(row):
            yield lane, at_ns - row.planned_ns, row
