"""S12: heartbeats are comments."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.samples import good_events, stream
from conformance.signs.applicability import require_json
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json

_WORDS = frozenset({"ping", "pong", "heartbeat", "keepalive", "noop"})
_KINDS = frozenset({"type", "event", "stage", "status", "state", "kind", "message"})
_CLOCKS = frozenset({"ts", "t", "time", "timestamp"})


def _between(block: bytes) -> tuple[bytes, ...]:
    return (*good_events()[:2], block, *good_events()[2:])


@rule(
    id="S12",
    name="heartbeat-event",
    requirement="Heartbeats are comments, not events.",
    level=Level.SHOULD,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes",
    rationale="Readers drop comments by themselves. An event they hand to their caller, and both fal clients do so "
    "without its name. Callers can tell an empty object from a preview, so it is a SHOULD; a heartbeat that is no "
    "JSON fails J01, and one that comes last fails F01.",
    consequence="The caller of fal_client or fal-js meets an event without a picture among the previews.",
    fix="Send `: ping` and a line break, as FastAPI and sse-starlette do by themselves.",
    requires=("H02",),
    passes=lambda: (
        sample("FastAPI's comment", stream(*_between(b": ping\n\n"))),
        sample("sse-starlette's comment, with LF", stream(*_between(b": ping - 2025-01-01 00:00:00.000000+00:00\n\n"))),
        sample("previews that are named", stream(*(b"event: preview\n" + part for part in good_events()))),
    ),
    fails=lambda: (
        sample("the word ping", stream(*_between(b"data: ping\n\n")), sets_off=("J01",)),
        sample("the word heartbeat as JSON", stream(*_between(b'data: "heartbeat"\n\n')), sets_off=("J02",)),
        sample("an empty object named ping", stream(*_between(b"event: ping\ndata: {}\n\n"))),
        sample("an empty object", stream(*_between(b"data: {}\n\n"))),
        sample("an object that only says its kind", stream(*_between(b'data: {"type": "heartbeat"}\n\n'))),
        sample("a kind and a clock", stream(*_between(b'data: {"type": "keep-alive", "ts": 1735689600.5}\n\n'))),
        sample("a flag", stream(*_between(b'data: {"heartbeat": true}\n\n'))),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look at every event but the last, which F01 judges."""
    require_json(generation)
    yield from first_few(
        generation.finding(
            f"event {event.index} is a heartbeat, {event.sse.data[:60]!r} named {event.sse.event!r}: "
            "expected a comment such as ': ping'",
            event=event,
        )
        for event in generation.events[:-1]
        if _is_heartbeat(event)
    )


def _is_heartbeat(event: Event) -> bool:
    value = event.payload.value if event.payload.is_valid else event.sse.data
    if event.pictures or event.sse.data.strip() == "":
        return False
    if isinstance(value, dict):
        return _carries_nothing(value, event.sse.event)
    return _is_word(value)


def _carries_nothing(members: dict[str, Json], name: str) -> bool:
    told = {key: value for key, value in members.items() if key.lower() not in _CLOCKS}
    if not told:
        return name == "message" or _is_word(name)
    ((key, value),) = list(told.items())[:1]
    return len(told) == 1 and (_is_word(key) or (key.lower() in _KINDS and _is_word(value)))


def _is_word(value: Json) -> bool:
    return isinstance(value, str) and value.strip().lower().replace("-", "").replace("_", "") in _WORDS
