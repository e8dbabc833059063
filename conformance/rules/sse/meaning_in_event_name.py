"""S13: what an event means stands in its payload."""

from collections import Counter
from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.samples import event, final, good_events, preview, stream
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few

_ERROR_NAMES = frozenset({"error", "failed", "failure"})
_FINAL_NAMES = frozenset(
    {"complete", "completed", "done", "end", "final", "finished", "result", "succeeded", "success"}
)


def _named(name: str, data: bytes) -> bytes:
    return f"event: {name}\n".encode() + data


@rule(
    id="S13",
    name="meaning-in-event-name",
    requirement="What an event means can be told from its payload, not from its name alone.",
    level=Level.SHOULD,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation",
    rationale="Both fal clients parse the data of every event and drop its name. Named events are legal, so it is a "
    "SHOULD, and a name is fine beside a payload that says the same, or whose shape tells a result from a preview.",
    consequence="fal_client and fal-js yield the error or the end mark as if it were a preview, without an exception.",
    fix='Say it in the payload too: `{"error": "..."}` for a failure, `"final": true` in the result.',
    requires=("H02",),
    passes=lambda: (
        sample("named previews", stream(*(_named("preview", part) for part in good_events()))),
        sample("a named and marked final", stream(*good_events()[:-1], _named("done", good_events()[-1]))),
        sample(
            "a named result of another shape than the previews",
            stream(*good_events()[:-1], _named("complete", event(final(final=None)))),
        ),
        sample(
            "a named error whose payload says so",
            stream(*good_events()[:2], _named("error", event({"error": "out of memory"}))),
            sets_off=("F01",),
        ),
    ),
    fails=lambda: (
        sample(
            "an error that only its name tells",
            stream(
                *good_events()[:2], _named("error", event({"message": "step 3 is tried again"})), *good_events()[2:]
            ),
        ),
        sample(
            "a last error that only its name tells",
            stream(*good_events()[:2], _named("error", event({"message": "out of memory"}))),
            sets_off=("F01",),
        ),
        sample(
            "an end mark with an empty payload",
            stream(*good_events(), _named("done", event({}))),
            sets_off=("F01",),
        ),
        sample(
            "a result in the shape of a preview",
            stream(*map(event, [preview(1), preview(2), preview(3)]), _named("complete", event(preview(4)))),
            sets_off=("F02",),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare the names of an end or an error with what the payload says."""
    if generation.conventions.event_roles:
        raise NotApplicable("the profile says what events mean by their names")
    shapes = Counter(frozenset(event.payload.members) for event in generation.events)
    yield from first_few(
        generation.finding(
            f"event {event.index} is named {event.sse.event!r} and nothing in its payload says so: fal_client and "
            "fal-js drop the name",
            event=event,
        )
        for event in generation.events
        if event.payload.is_valid and _is_mute(generation, event, shapes)
    )


def _is_mute(generation: Evidence, event: Event, shapes: Counter[frozenset[str]]) -> bool:
    word = event.sse.event.lower().replace("-", "_").replace(".", "_").rpartition("_")[2]
    if word in _ERROR_NAMES:
        return not generation.conventions.is_error(event.payload)
    if word in _FINAL_NAMES:
        return not (generation.conventions.is_marked_final(event.payload) or _has_own_shape(generation, event, shapes))
    return False


def _has_own_shape(generation: Evidence, event: Event, shapes: Counter[frozenset[str]]) -> bool:
    """Whether it carries a result, and no other event has the same members."""
    own = frozenset(event.payload.members)
    carries_result = event.pictures if generation.conventions.carries_pictures else own
    return bool(carries_result) and shapes[own] == 1
