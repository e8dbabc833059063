"""The cadence of one stream: how long everything was waited for, beside the limits of the rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import log10

from conformance.core.timing import in_seconds, quantile
from conformance.reports.html.chart import CALM, LIMIT, STRONG, WEAK, Chart, Trace, axis, hover, layout
from conformance.reports.html.exchange import Exchange
from conformance.reports.html.limits import Limit, Wait
from conformance.reports.html.thinning import thinned
from conformance.reports.html.units import at
from conformance.reports.wording import duration

__all__ = ["Measured", "cadence", "measured"]

_MOST_MARKS = 1500
_MANY = 100
_SHARE = 0.95
# What came out of one read lies no time apart, which a logarithmic scale cannot show.
_LEAST_DRAWN_SECONDS = 0.001
_LOOKS = {
    Wait.HEAD: ("diamond", 12, LIMIT),
    Wait.FIRST_EVENT: ("square", 12, STRONG),
    Wait.SILENCE: ("circle-open", 14, WEAK),
    Wait.PREVIEWS: ("circle", 10, CALM),
    Wait.TAIL: ("triangle-left", 12, STRONG),
}
_SHORT_NAMES = {
    Wait.HEAD: "head",
    Wait.FIRST_EVENT: "first event",
    Wait.SILENCE: "silence",
    Wait.PREVIEWS: "previews",
    Wait.TAIL: "end",
}
_LEAST_TICK, _MOST_TICK = -3, 3
# Two lines between which there is no room for words.
_CLOSE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    """One wait that was over at an instant."""

    until_ns: int
    lasted_ns: int

    @property
    def seconds(self) -> float:
        return in_seconds(self.lasted_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One row of the table beside the chart.

    Attributes:
        what: What was waited for.
        value: How long, in words.
        limit: The limit, for who wants to look it up; None where no rule of the report has one.
        allowed: The limit, in words.
    """

    what: str
    value: str
    limit: Limit | None
    allowed: str


def cadence(exchange: Exchange, limits: Sequence[Limit]) -> Chart | None:
    """The chart of an exchange's waits; None where nothing was waited for that a rule limits."""
    waits = {wait: list(_gaps(exchange, wait)) for wait in Wait}
    traces = [_trace(wait, gaps) for wait, gaps in waits.items() if gaps]
    if not traces:
        return None
    x = axis("seconds from the start of the request", rangemode="tozero")
    ticks = [10.0**power for power in range(_LEAST_TICK, _MOST_TICK)]
    y = axis("wait, logarithmic", type="log", tickvals=ticks, ticktext=[_short(tick) for tick in ticks])
    y["range"] = _range([*(value for trace in traces for value in trace["y"]), *(limit.seconds for limit in limits)])
    shapes, remarks = _lines(limits)
    rows = measured(exchange, limits)
    return Chart(
        id=f"cadence-{exchange.number}",
        title=f"Cadence of {exchange.name}",
        summary="; ".join(f"{row.what} {row.value}" for row in rows),
        caption="Each mark is a wait that was over at that instant. Dashed lines are the limits of rules.",
        traces=tuple(traces),
        layout=layout(height=380, x=x, y=y, shapes=shapes, annotations=remarks),
    )


def measured(exchange: Exchange, limits: Sequence[Limit]) -> tuple[Measured, ...]:
    """What was measured of each wait, beside each limit on it; the waits that there were, in the order of a stream."""
    return tuple(_rows(exchange, limits))


def _rows(exchange: Exchange, limits: Sequence[Limit]) -> Iterator[Measured]:
    for wait in Wait:
        gaps = [gap.seconds for gap in _gaps(exchange, wait)]
        mine: list[Limit | None] = [limit for limit in limits if limit.wait is wait]
        for limit in (mine or [None]) if gaps else []:
            yield _row(wait, gaps, limit)


def _row(wait: Wait, gaps: Sequence[float], limit: Limit | None) -> Measured:
    if limit is None:
        return Measured(what=f"{wait.value}, longest", value=duration(max(gaps)), limit=None, allowed="")
    allowed = f"{'at least' if limit.is_least else 'at most'} {_short(limit.seconds)}"
    if limit.slack_seconds:
        allowed += f", {_short(limit.seconds + limit.slack_seconds)} is let through"
    if wait is not Wait.PREVIEWS:
        what = f"{wait.value}, longest" if wait is Wait.SILENCE else wait.value
        return Measured(what=what, value=duration(max(gaps)), limit=limit, allowed=allowed)
    if limit.is_least:
        return Measured(what=f"{wait.value}, mean", value=duration(sum(gaps) / len(gaps)), limit=limit, allowed=allowed)
    value = duration(quantile(gaps, _SHARE))
    return Measured(what=f"{wait.value}, 95 of 100", value=value, limit=limit, allowed=allowed)


def _gaps(exchange: Exchange, wait: Wait) -> Iterator[_Gap]:
    evidence = exchange.evidence
    transcript, previews, final = evidence.transcript, evidence.previews, exchange.known_final
    sent_ns, head_ns = transcript.phases.request_sent_ns or 0, transcript.phases.head_ns
    end_ns = transcript.end.at_ns
    if wait is Wait.HEAD and head_ns is not None:
        yield _Gap(until_ns=head_ns, lasted_ns=head_ns - sent_ns)
    elif wait is Wait.FIRST_EVENT and evidence.events:
        yield _Gap(until_ns=evidence.events[0].at_ns, lasted_ns=evidence.events[0].at_ns - sent_ns)
    elif wait is Wait.PREVIEWS:
        yield from _between([event.at_ns for event in previews])
    elif wait is Wait.TAIL and final is not None:
        yield _Gap(until_ns=end_ns, lasted_ns=end_ns - final.at_ns)
    elif wait is Wait.SILENCE and head_ns is not None:
        last_ns = final.at_ns if final is not None else end_ns
        reads = [at_ns for at_ns, _ in groupby(chunk.at_ns for chunk in transcript.chunks) if at_ns <= last_ns]
        yield from _between([head_ns, *reads, *([] if final is not None else [end_ns])])


def _between(instants_ns: Sequence[int]) -> Iterator[_Gap]:
    for early, late in pairwise(instants_ns):
        yield _Gap(until_ns=late, lasted_ns=late - early)


def _trace(wait: Wait, gaps: Sequence[_Gap]) -> Trace:
    shown = thinned(gaps, _MOST_MARKS)
    symbol, width, colour = _LOOKS[wait]
    width = width if len(shown) <= _MANY else width // 2
    return {
        "type": "scatter",
        "mode": "lines+markers" if wait is Wait.PREVIEWS else "markers",
        "name": wait.value if len(shown) == len(gaps) else f"{wait.value} ({len(shown)} of {len(gaps)} drawn)",
        "x": [in_seconds(gap.until_ns) for gap in shown],
        "y": [max(gap.seconds, _LEAST_DRAWN_SECONDS) for gap in shown],
        "text": [hover(f"{wait.value}: {duration(gap.seconds)}", f"over {at(gap.until_ns)}") for gap in shown],
        "hoverinfo": "text",
        "marker": {"symbol": symbol, "size": width, "color": colour},
        "line": {"color": colour, "width": 1},
        "cliponaxis": False,
    }


def _range(seconds: Sequence[float]) -> list[float]:
    """The ends of a logarithmic axis, as exponents, with room for the words above the highest line."""
    return [log10(min(seconds)) - 0.3, log10(max(seconds)) + 0.35]


def _lines(limits: Sequence[Limit]) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """A dashed line for each limit, and what it is of; those of one height share a line and its words.

    The words stand at the right and at the left by turns, and below a line that has another close above it.
    """
    heights = {key: list(here) for key, here in groupby(sorted(limits, key=_height), key=_height)}
    shapes: list[dict[str, object]] = []
    remarks: list[dict[str, object]] = []
    for place, ((seconds, is_least), mine) in enumerate(heights.items()):
        words = ", ".join(f"{limit.rule_id} {_SHORT_NAMES[limit.wait]}" for limit in mine)
        text = f"{'≥' if is_least else '≤'} {_short(seconds)} {words}"
        is_below = any(seconds < other < _CLOSE * seconds for other, _ in heights)
        line = {"color": LIMIT, "width": 1.5, "dash": "dash"}
        shapes.append({"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": seconds, "y1": seconds, "line": line})
        remarks.append(_remark(text, seconds, is_left=place % 2 == 1, is_below=is_below))
    return shapes, remarks


def _height(limit: Limit) -> tuple[float, bool]:
    return limit.seconds, limit.is_least


def _remark(text: str, seconds: float, *, is_left: bool, is_below: bool) -> dict[str, object]:
    return {
        "text": hover(text),
        "xref": "paper",
        "x": 0 if is_left else 1,
        "xanchor": "left" if is_left else "right",
        "y": log10(seconds),  # on a logarithmic axis a remark stands at its exponent
        "yanchor": "top" if is_below else "bottom",
        "showarrow": False,
        "font": {"size": 11},
    }


def _short(seconds: float) -> str:
    return f"{seconds * 1000:g} ms" if seconds < 1 else f"{seconds:g} s"
