"""R03: a slow reader may lose previews, never the final."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Transcript
from conformance.samples import answer, documented_events, event, final, good_events, picture, picture_bytes, stream
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding
from conformance.stream.payload import Json
from conformance.stream.picture import Picture


def _slowly(*pieces: bytes, ending: Ending = Ending.COMPLETE) -> Transcript:
    return stream(*pieces, probe="slow_generation", every_ms=2000, ending=ending)


def _slow_final(**members: Json) -> Transcript:
    return _slowly(good_events()[0], event(final(**members)))


@rule(
    id="R03",
    name="slow-reader-loses-final",
    requirement="A client that reads slowly may miss previews, but gets the whole final.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://docs.python.org/3/library/asyncio-queue.html#asyncio.Queue.put_nowait",
    rationale="Previews may be dropped for a reader that cannot keep up, since newer ones follow; nothing follows the "
    "final. The same request is read at once and slowly, and only what is worse the second time counts. Where finals "
    "bear no mark, only a preview's very bytes show that it came last.",
    consequence="On a train or a phone the previews stop and the picture never comes: fal-js's done() resolves with a "
    "preview, or fal_client raises after the whole wait.",
    fix="When the queue to the client is full, drop the oldest preview instead of the newest event, await the put of "
    "the final, and let no write timeout end a stream that is still being read.",
    requires=("F01", "F03", "H07"),
    passes=lambda: (
        sample("every event, later", stream(*good_events()), _slowly(*good_events())),
        sample("no preview but the first", stream(*good_events()), _slow_final()),
        sample("the final alone", stream(*good_events()), _slowly(event(final()))),
        sample(
            "fal's documented example without half of its previews",
            stream(*documented_events()),
            _slowly(*documented_events()[::2]),
            sets_off=("F02",),
        ),
        sample(
            "another seed, and so another picture",
            stream(*good_events()),
            _slow_final(images=[picture(picture_bytes(hue=70))]),
        ),
        sample("heartbeats after the final", stream(*good_events()), _slowly(*good_events(), b": ping\n\n")),
        sample(
            "a stream too long for our patience",
            stream(*good_events()),
            _slowly(*good_events()[:3], ending=Ending.LIMIT_REACHED),
        ),
        sample("a refusal for load", stream(*good_events()), answer("slow_generation", 429, {"detail": "busy"})),
        sample(
            "a distilled model whose preview is the final",
            stream(event({"image": picture()}), event({"image": picture()})),
            _slowly(event({"image": picture()})),
            sets_off=("F02",),
        ),
    ),
    fails=lambda: (
        sample("a clean end after a preview", stream(*good_events()), _slowly(*good_events()[:3])),
        sample(
            "a clean end after a preview where nothing is marked",
            stream(*documented_events()),
            _slowly(*documented_events()[:3]),
            sets_off=("F02",),
        ),
        sample("a reset", stream(*good_events()), _slowly(*good_events()[:2], ending=Ending.RESET)),
        sample("an end in the middle", stream(*good_events()), _slowly(*good_events()[:2], ending=Ending.TRUNCATED)),
        sample("silence", stream(*good_events()), _slowly(*good_events()[:2], ending=Ending.TIMED_OUT)),
        sample("half of the final event", stream(*good_events()), _slowly(good_events()[0], event(final())[:300])),
        sample("an error", stream(*good_events()), _slowly(good_events()[0], event({"error": "client too slow"}))),
        sample("no event at all", stream(*good_events()), _slowly()),
        sample("a final without its picture", stream(*good_events()), _slow_final(images=[])),
        sample(
            "a final with half of its picture",
            stream(*good_events()),
            _slow_final(images=[picture(picture_bytes(quality=95)[:400])]),
        ),
        sample(
            "one picture of two",
            stream(*good_events()[:-1], event(final(images=[picture(), picture(picture_bytes(hue=40))]))),
            _slow_final(),
        ),
    ),
)
def check(generation: Evidence, slow_generation: Evidence) -> Iterator[Finding]:
    """Look at the end of the slow one, then at its last event, and last at whether a preview took its place."""
    end = slow_generation.transcript.end
    if slow_generation.response.status != 200:
        raise NotApplicable(f"the status is {slow_generation.response.status}")
    if end.ending.is_ours:
        raise NotApplicable(f"we stopped reading: {end.detail or end.ending.value}")
    if slow_generation.coding_error is not None:
        raise NotApplicable(f"the content coding could not be removed: {slow_generation.coding_error}")
    if not generation.transcript.end.ending.is_clean or generation.last_event is None:
        raise NotApplicable("the generation that was read at once did not end by itself with an event")
    last = slow_generation.last_event
    lost = _end_fault(slow_generation) or _final_fault(generation, generation.last_event, slow_generation)
    if lost is not None:
        message = f"read slowly, {lost}, expected the final as when it is read at once"
        yield slow_generation.finding(message, event=last, at_ns=end.at_ns)


def _end_fault(slow: Evidence) -> str | None:
    end = slow.transcript.end
    if not end.ending.is_clean:
        detail = f" ({end.detail})" if end.detail else ""
        return f"the stream ended as {end.ending.value}{detail} after {len(slow.events)} event(s)"
    tail = slow.unfinished_block
    if tail is not None and len(tail.comments) < len(tail.lines):
        return f"the last of {len(slow.events) + 1} events is cut off"
    return None if slow.last_event is not None else "the stream ended without an event"


def _final_fault(generation: Evidence, whole: Event, slow: Evidence) -> str | None:
    last = slow.last_event
    if last is None:
        return None
    if last in slow.error_events:
        return f"event {last.index}, the last, is an error"
    if last not in slow.result_events:
        return f"event {last.index}, the last, carries no result"
    if whole in generation.marked_finals and last not in slow.marked_finals:
        return f"the stream ended with event {last.index}, which is not marked final"
    if len(last.pictures) < len(whole.pictures):
        return f"the final holds {len(last.pictures)} picture(s) instead of {len(whole.pictures)}"
    fault = next(filter(None, map(_picture_fault, last.pictures)), None)
    return f"in the final event, {fault}" if fault else _preview_in_place(generation, whole, last)


def _picture_fault(item: Picture) -> str | None:
    return item.shape_fault or item.url_fault or item.decode_fault


def _preview_in_place(generation: Evidence, whole: Event, last: Event) -> str | None:
    """Whether the last event shows the bytes of a preview, where no mark tells."""
    if whole in generation.marked_finals:
        return None
    shown, finished = _bytes(last), _bytes(whole)
    for preview_ in generation.previews:
        if shown and shown == _bytes(preview_) and shown != finished:
            return f"event {last.index}, the last, shows the very bytes of preview {preview_.index}"
    return None


def _bytes(event_: Event) -> tuple[bytes, ...]:
    return tuple(item.data_uri.data for item in event_.pictures if item.data_uri is not None)
