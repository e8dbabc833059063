"""F01: the last event carries the result."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.rules.final import result_of
from conformance.samples import documented_events, event, final, good_events, preview, stream
from conformance.stream.conventions import Conventions, DataKind, FinalMarker
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding
from conformance.stream.payload import Json

_SHOWN_CHARACTERS = 200
# An object with nothing else says how the stream fares, not what came of it.
_NO_RESULT = frozenset(
    {"type", "event", "stage", "status", "state", "kind", "final", "is_final", "done", "completed", "ping", "heartbeat"}
    | {"usage", "time", "timestamp", "ts"}
)
_JSON_PROFILE = Conventions(carries_pictures=False)


def _then(payload: Json) -> tuple[bytes, ...]:
    return (*good_events(), event(payload))


@rule(
    id="F01",
    name="result-not-last",
    requirement="The last event carries the result; it is no error, heartbeat, usage record or empty object.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://github.com/fal-ai/fal-js/blob/main/libs/client/src/streaming.ts",
    rationale="Neither official client knows a sentinel: the last event is the result, by position. Where pictures are "
    "expected, a result holds one, and `status: COMPLETED` alone is none; a place for pictures that is empty is "
    "F03's. Comments may follow. An error after a valid request is judged however the stream ended. A stream whose "
    "only picture says itself that steps are still to come has ended too early; where there are several pictures, the "
    "last one's step may be stale, and F02 warns instead.",
    consequence="fal-js's done() resolves to whatever came last, so the caller shows no picture, or an unfinished one; "
    "code that keeps the last item of fal_client's iterator does the same.",
    fix="Yield the result after everything else; put usage, timings and status into it; let the code that makes "
    "previews finish before the result is sent.",
    # A last event that was lost (S03) would leave the blame on the preview before it.
    requires=("J01", "J02", "S03", "S04"),
    passes=lambda: (
        sample("a marked result at the end", stream(*good_events())),
        sample("comments after the result", stream(*good_events(), b": ping - 2025-01-01 00:00:00\n\n", b": bye\n\n")),
        sample("fal's documented example", stream(*documented_events()), sets_off=("F02",)),
        sample(
            "previews that all say success",
            stream(
                *(event(preview(step, 3, status="success")) for step in (1, 2, 3)),
                event(final(final=None)),
            ),
        ),
        sample("a result whose error is null", stream(*good_events()[:-1], event(final(error=None, failure=False)))),
        sample("a lone result whose step counts from 0", stream(event(preview(3, 4)))),
        sample("a lone marked result that carries a step", stream(event(final(step=1, total_steps=4)))),
        sample(
            "a result without a picture, where none is expected",
            stream(event({"output": "a"}), event({"output": "a red", "status": "completed"})),
            conventions=_JSON_PROFILE,
        ),
    ),
    fails=lambda: (
        sample("a usage record at the end", stream(*_then({"usage": {"megapixels": 1}}))),
        sample("an empty object at the end", stream(*_then({}))),
        sample("a status at the end", stream(*_then({"status": "COMPLETED"}))),
        sample("a done flag at the end", stream(*_then({"done": True}))),
        sample("a heartbeat at the end", stream(*_then({"type": "heartbeat", "timestamp": 1.5}))),
        sample("an error instead of the result", stream(*good_events()[:2], event({"error": "CUDA out of memory"}))),
        sample(
            "an error that only its stage tells",
            stream(*good_events()[:2], event({"stage": "error", "message": "no mesh"})),
        ),
        sample("an error after the result", stream(*_then({"error": {"msg": "upload failed"}}))),
        sample("a clean end after one preview", stream(good_events()[0])),
        sample("a late preview after the result", stream(*good_events()[:3], event(final()), event(preview(4)))),
        sample(
            "a late preview after a result with the profile's mark",
            stream(event(preview(1, 2, type="preview")), event(final(type="image")), event(preview(2, 2, type="late"))),
            conventions=Conventions(final_marker=FinalMarker(name="type", value="image")),
        ),
        sample(
            "a status at the end, where no picture is expected",
            stream(event({"output": "a red disc"}), event({"status": "COMPLETED"})),
            conventions=_JSON_PROFILE,
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look at the last event that has data."""
    last = generation.last_event
    if last in generation.error_events and not generation.transcript.end.ending.is_ours:
        yield _finding(generation, last, f"an error to a valid request: {_said(last)}")
        return
    last = result_of(generation)
    finals = [event for event in generation.marked_finals if _is_followed_by_preview(generation, event, last)]
    if not _means_a_result(generation, last):
        yield _finding(generation, last, f"{_shortened(last.sse.data)}, which holds no result")
    elif finals:
        yield _finding(generation, last, f"a preview that came after event {finals[-1].index}, which is marked final")
    elif _is_unfinished(generation, last):
        step, total = (last.payload.members[name] for name in ("step", "total_steps"))
        yield _finding(generation, last, f"the only picture and says that it shows step {step} of {total}")


def _means_a_result(generation: Evidence, last: Event) -> bool:
    if generation.conventions.carries_pictures:
        return last in generation.result_events or bool(generation.empty_places(last))
    if generation.conventions.data is DataKind.TEXT:
        return last in generation.result_events
    telling = {
        name
        for name, value in last.payload.members.items()
        if name not in _NO_RESULT or (isinstance(value, dict | list) and name != "usage")
    }
    return bool(telling)


def _is_followed_by_preview(generation: Evidence, final_: Event, last: Event) -> bool:
    if last in generation.marked_finals or final_.index >= last.index:
        return False
    # A mark that was only guessed may mean something else: the last event must also look like an earlier preview.
    unmarked = [event for event in generation.previews if event not in generation.marked_finals]
    shapes = [event.payload.members.keys() for event in unmarked]
    return generation.conventions.declared_final is not None or last.payload.members.keys() in shapes


def _is_unfinished(generation: Evidence, last: Event) -> bool:
    if len(generation.result_events) > 1 or generation.marked_finals:
        return False
    step, total = (last.payload.members.get(name) for name in ("step", "total_steps"))
    # Steps may count from 0, where the last one is total - 1.
    return isinstance(step, int) and isinstance(total, int) and step + 1 < total


def _said(last: Event) -> str:
    members = last.payload.members
    said = next((value for name in ("error", "message", "detail") if (value := members.get(name))), None)
    return _shortened(repr(said) if isinstance(said, str) else last.sse.data)


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 3]}..."


def _finding(generation: Evidence, last: Event | None, read: str) -> Finding:
    places = " or ".join(place.path for place in generation.conventions.finals)
    expected = f"the result at {places}" if places else "the result"
    return generation.finding(f"Legal SSE, but the last event is {read}; expected {expected}", event=last)
