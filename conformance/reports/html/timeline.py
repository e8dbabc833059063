"""The timeline of one exchange: phases of the connection, reads, events, heartbeats, and where findings point."""

import math
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from conformance.catalogue import Rule
from conformance.core.timing import in_seconds
from conformance.reports.html.chart import BAD, CALM, LIMIT, STRONG, WEAK, Chart, Trace, axis, hover, layout
from conformance.reports.html.exchange import Arrival, EventKind, Exchange, step_words
from conformance.reports.html.thinning import thinned
from conformance.reports.html.units import at, size
from conformance.reports.wording import counted, duration, location
from conformance.stream.event import Event
from conformance.stream.finding import Finding

__all__ = ["timeline"]

_FINDINGS, _EVENTS, _READS, _PHASES = 0, 1, 2, 3
_ROWS = {_PHASES: "connection", _READS: "reads", _EVENTS: "events", _FINDINGS: "findings"}
_MOST_MARKS = 1500
_MANY = 100
_MOST_COMMENT_CHARACTERS = 80
_MOST_MESSAGE_CHARACTERS = 210
_LOOKS = {
    EventKind.PREVIEW: ("circle", 12, CALM),
    EventKind.FINAL: ("star", 19, STRONG),
    EventKind.LAST_PICTURE: ("star-open", 17, LIMIT),
    EventKind.LATE_PICTURE: ("diamond", 12, LIMIT),
    EventKind.ERROR: ("x", 13, BAD),
    EventKind.END_MARK: ("square", 10, WEAK),
    EventKind.OTHER: ("circle-open", 10, WEAK),
}


def timeline(exchange: Exchange, faults: Iterable[tuple[Rule, Finding]] = ()) -> Chart:
    """The timeline of an exchange.

    Args:
        exchange: The exchange.
        faults: The findings that point into it, each with its rule; those without an instant are not drawn.
    """
    marks = [(finding.at_ns, _said_of_fault(rule, finding)) for rule, finding in faults if finding.at_ns is not None]
    traces = [
        *_phases(exchange),
        *_reads(exchange.arrivals),
        *_comments(exchange),
        *_events(exchange),
        *([_marked(marks)] if marks else []),
    ]
    rows = {row: name for row, name in _ROWS.items() if row != _FINDINGS or marks}
    end_seconds = in_seconds(exchange.evidence.transcript.end.at_ns)
    x = axis("seconds from the start of the request", range=[-0.015 * end_seconds, 1.02 * end_seconds or 1])
    y = axis("", tickvals=list(rows), ticktext=list(rows.values()), range=[min(rows) - 0.6, _PHASES + 0.6])
    y["showgrid"] = False
    summary = _summary(exchange)
    return Chart(
        id=f"timeline-{exchange.number}",
        title=f"Timeline of {exchange.name}",
        summary=summary,
        caption=summary,
        traces=tuple(traces),
        layout=layout(height=330 if marks else 290, x=x, y=y, barmode="overlay", shapes=[_end(end_seconds)]),
    )


def _summary(exchange: Exchange) -> str:
    evidence = exchange.evidence
    kinds = [exchange.kind(event) for event in evidence.received]
    named = ", ".join(counted(kinds.count(kind), kind.value) for kind in dict.fromkeys(kinds))
    ended = evidence.transcript.end
    return (
        f"{counted(len(exchange.arrivals), 'read')} brought {size(len(evidence.body))}: {named or 'no event'}. "
        f"It ended ({ended.ending.value.replace('_', ' ')}) after {duration(in_seconds(ended.at_ns))}."
    )


def _scatter(name: str, row: int, instants_ns: Sequence[int], texts: Sequence[str], marker: dict[str, object]) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [in_seconds(instant) for instant in instants_ns],
        "y": [row] * len(instants_ns),
        "text": texts,
        "hoverinfo": "text",
        "marker": marker,
        "cliponaxis": False,
    }


def _phases(exchange: Exchange) -> Iterator[Trace]:
    """What came before the body, each phase a bar from the end of the one before it."""
    transcript = exchange.evidence.transcript
    phases, begun = transcript.phases, 0
    ends = {
        "resolve": (phases.resolved_ns, WEAK),
        "connect": (phases.connected_ns, LIMIT),
        "TLS": (phases.tls_ns, STRONG),
        "send": (phases.request_sent_ns, BAD),
        "wait for the head": (phases.head_ns, CALM),
        "body": (transcript.end.at_ns if transcript.head is not None else None, "rgba(125,133,144,0.25)"),
    }
    for name, (end_ns, colour) in ends.items():
        if end_ns is None or end_ns <= begun:
            continue
        lasted = in_seconds(end_ns - begun)
        yield {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "base": [in_seconds(begun)],
            "x": [lasted],
            "y": [_PHASES],
            "width": [0.5],
            "text": [hover(f"{name}: {duration(lasted)}", f"until {at(end_ns)}")],
            "textposition": "none",
            "hoverinfo": "text",
            "showlegend": False,
            "marker": {"color": colour, "line": {"width": 0}},
        }
        begun = end_ns


def _reads(arrivals: Sequence[Arrival]) -> Iterator[Trace]:
    shown = thinned(arrivals, _MOST_MARKS)
    if shown:
        name = "read" if len(shown) == len(arrivals) else f"read ({len(shown)} of {len(arrivals)} drawn)"
        scale = 1.0 if len(shown) <= _MANY else 0.5
        sizes = [scale * (4 + 2.2 * math.log10(1 + item.size_bytes)) for item in shown]
        marker = {"symbol": "circle", "size": sizes, "color": WEAK, "opacity": 0.85, "line": {"width": 0}}
        yield _scatter(name, _READS, [item.at_ns for item in shown], [_said_of_read(item) for item in shown], marker)


def _said_of_read(arrival: Arrival) -> str:
    ended = [event.index for event in arrival.events]
    what = "the end of no event"
    if ended:
        what = f"the end of event {ended[0]}" if len(ended) == 1 else f"the ends of events {ended[0]} to {ended[-1]}"
    return hover(at(arrival.at_ns), size(arrival.size_bytes), what)


def _comments(exchange: Exchange) -> Iterator[Trace]:
    shown = thinned(exchange.comments, _MOST_MARKS)
    if shown:
        texts = [
            hover(at(at_ns), f"comment, no event: {line.content[:_MOST_COMMENT_CHARACTERS].decode('utf-8', 'replace')}")
            for at_ns, line in shown
        ]
        marker = {"symbol": "line-ns-open", "size": 13, "color": WEAK, "line": {"width": 2}}
        yield _scatter("comment", _EVENTS, [at_ns for at_ns, _ in shown], texts, marker)


def _events(exchange: Exchange) -> Iterator[Trace]:
    by_kind: dict[EventKind, list[Event]] = {}
    for event in exchange.evidence.received:
        by_kind.setdefault(exchange.kind(event), []).append(event)
    for kind in sorted(by_kind, key=list(_LOOKS).index):
        events = thinned(by_kind[kind], _MOST_MARKS)
        symbol, width, colour = _LOOKS[kind]
        width = width if len(events) <= _MANY else width // 2
        marker = {"symbol": symbol, "size": width, "color": colour, "line": {"width": 1.5 if "open" in symbol else 0}}
        texts = [_said_of_event(event, kind) for event in events]
        yield _scatter(kind.value, _EVENTS, [event.at_ns for event in events], texts, marker)


def _said_of_event(event: Event, kind: EventKind) -> str:
    return hover(
        f"event {event.index}: {kind.value}",
        step_words(event),
        at(event.at_ns),
        f"{size(len(event.sse.data))} of data at byte {event.offset}",
        counted(len(event.pictures), "picture") if event.pictures else "",
    )


def _said_of_fault(rule: Rule, finding: Finding) -> str:
    return hover(f"{rule.id} {rule.name}", location(finding), *wrap(finding.message[:_MOST_MESSAGE_CHARACTERS], 70))


def _marked(marks: Sequence[tuple[int, str]]) -> Trace:
    shown = thinned(marks, _MOST_MARKS)
    marker = {"symbol": "triangle-up", "size": 13, "color": BAD, "line": {"width": 0}}
    return _scatter("finding", _FINDINGS, [at_ns for at_ns, _ in shown], [text for _, text in shown], marker)


def _end(end_seconds: float) -> dict[str, object]:
    """A line where the exchange ended."""
    line = {"color": WEAK, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": end_seconds, "x1": end_seconds, "yref": "paper", "y0": 0, "y1": 1, "line": line}
