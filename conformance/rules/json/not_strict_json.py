"""J01: every event's data is strict JSON."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.samples import event, final, good_events, preview, stream
from conformance.signs.applicability import require_json
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.location import offset_of

_SHOWN_CHARACTERS = 40
_WHITE_SPACE = " \t\r\n"


def _with_last(data: bytes) -> tuple[bytes, ...]:
    return (*good_events(), data)


@rule(
    id="J01",
    name="not-strict-json",
    requirement="The data of every event is one strict JSON document.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://www.rfc-editor.org/rfc/rfc8259#section-2",
    rationale="Both official clients parse the data of every event as JSON. JavaScript refuses NaN and Infinity, "
    "which Python writes and reads. Events with empty data have a rule of their own.",
    consequence="fal_client raises JSONDecodeError and loses the rest of the stream; fal-js's done() rejects with a "
    "SyntaxError, although every picture arrived. With NaN this happens in JavaScript only.",
    fix="Send json.dumps(payload, allow_nan=False) and nothing else; leave out sentinels such as [DONE].",
    requires=("S04", "S06"),
    passes=lambda: (
        sample("objects, as a good endpoint sends them", stream(*good_events())),
        sample(
            "a raw line separator in a string",
            stream(*good_events()[:-1], event(final(prompt="a?b")).replace(b"?", "\u2028".encode())),
            sets_off=("J03",),
        ),
        sample(
            "pretty JSON over several data lines",
            stream(*good_events()[:-1], event(final()).replace(b"true, ", b"true,\ndata: ")),
        ),
        sample(
            "the word NaN within a string",
            stream(*good_events()[:-1], event(final(prompt="NaN, Infinity and [DONE]"))),
        ),
    ),
    fails=lambda: (
        sample("a sentinel", stream(*_with_last(b"data: [DONE]\n\n"))),
        sample("plain text", stream(b"data: loading the model\n\n", *good_events())),
        sample("Python's repr of a dict", stream(b"data: {'step': 0, 'done': False}\n\n", *good_events())),
        sample("two documents in one event", stream(*_with_last(b'data: {"a": 1} {"b": 2}\n\n'))),
        sample(
            "no blank line between two events",
            stream(event(preview(1))[:-1] + event(preview(2)), *map(event, (preview(3), preview(4), final()))),
        ),
        sample("NaN", stream(*good_events()[:-1], event(final(loss=float("nan"))))),
        sample("Infinity", stream(*good_events()[:-1], event(final(loss=float("-inf"))))),
        sample("a trailing comma", stream(b'data: {"progress": 0,}\n\n', *good_events())),
        sample("JSON that is cut off", stream(b'data: {"progress": \n\n', *good_events())),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Parse the data of every event that has any."""
    require_json(generation)
    with_data = [event for event in generation.events if event.sse.data.strip(_WHITE_SPACE)]
    if not with_data:
        raise NotApplicable("no event has data")
    yield from first_few(_fault(generation, event) for event in with_data if not event.payload.is_valid)


def _fault(generation: Evidence, event: Event) -> Finding:
    data, error, position = event.sse.data, event.payload.error, event.payload.error_position
    shown = data if len(data) <= _SHOWN_CHARACTERS else f"{data[: _SHOWN_CHARACTERS - 3]}..."
    if error == "Extra data":
        error = "a second document begins (is a blank line missing between two events?)"
    return generation.finding(
        f"Legal SSE, but the data {shown!r} is not strict JSON: {error} at character {position}",
        event=event,
        offset=offset_of(generation, event, position),
    )
