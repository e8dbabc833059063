"""J02: every event's payload is an object."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.samples import event, good_events, stream
from conformance.signs.applicability import require_json
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.location import offset_of

_SHOWN_CHARACTERS = 40


@rule(
    id="J02",
    name="payload-not-object",
    requirement="The payload of every event is a JSON object.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://github.com/fal-ai/fal-js/blob/main/libs/client/src/streaming.ts",
    rationale="fal's clients type a payload as an object, and fal-js's iterator drops what JavaScript takes for "
    "false: null, false, 0 and the empty string. A list is an output without names, which nothing can read.",
    consequence="fal-js's iterator skips the event while its data listener sees it, and done() may resolve to null; "
    "in Python, code such as event['image'] raises TypeError.",
    fix="Wrap the value in an object and give it a name; for a heartbeat send a comment line.",
    requires=("J01",),
    passes=lambda: (
        sample("objects only", stream(*good_events())),
        sample("null, lists and numbers within objects", stream(event({"eta": None, "sizes": [1, 2]}), *good_events())),
    ),
    fails=lambda: (
        sample("null", stream(event(None), *good_events())),
        sample("false", stream(event(False), *good_events())),
        sample("a number", stream(event(0.25), *good_events())),
        sample("a string", stream(*good_events(), event("[DONE]"))),
        sample("an empty string", stream(event(""), *good_events())),
        sample("a list", stream(event([]), *good_events())),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look at the outermost value; data that is no JSON is left to J01 and S09."""
    require_json(generation)
    valid = (event for event in generation.events if event.payload.is_valid)
    yield from first_few(_fault(generation, event) for event in valid if not isinstance(event.payload.value, dict))


def _fault(generation: Evidence, event: Event) -> Finding:
    read = event.sse.data.strip()
    shown = read if len(read) <= _SHOWN_CHARACTERS else f"{read[: _SHOWN_CHARACTERS - 3]}..."
    return generation.finding(
        f"Legal SSE, but the payload is {shown}, expected an object",
        event=event,
        offset=offset_of(generation, event, 0),
    )
