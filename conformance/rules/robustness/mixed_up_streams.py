"""R02: streams of simultaneous requests never mix."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, StreamEnd, Transcript
from conformance.samples import (
    answer,
    documented_events,
    event,
    final,
    good_events,
    picture,
    picture_bytes,
    preview,
    stream,
)
from conformance.signs.marks import Shape, Stranger, placeholders
from conformance.signs.step_counts import late_start, returns_to_steps
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json

_PROBE = "concurrent_generations"
_SQUARE = (32, 32)
_LOW = (32, 24)


def _asked(number: int) -> dict[str, Json]:
    return {"prompt": f"a red disc, number {number}", "seed": 42 + 1000 * number}


def _usual(*pieces: bytes, size: Shape | None = None) -> Transcript:
    return stream(*(pieces or good_events()), payload={"prompt": "a red disc", "seed": 42, **_sized(size)})


def _sent(number: int, *pieces: bytes, size: Shape | None = None) -> Transcript:
    """What request 1, 2 or 3 of those at once is answered with."""
    return stream(*pieces, probe=_PROBE, payload={**_asked(number), **_sized(size)})


def _at_once(*answers: Sequence[bytes]) -> tuple[Transcript, ...]:
    return (_usual(), *(_sent(number, *pieces) for number, pieces in enumerate(answers, 1)))


def _sized(size: Shape | None) -> dict[str, Json]:
    return {} if size is None else {"width": size[0], "height": size[1]}


def _own(number: int) -> list[bytes]:
    """Four previews and the final that request ``number`` asked for."""
    return [*(_preview(number, step) for step in (1, 2, 3, 4)), _final(number)]


def _preview(number: int, step: int, **members: Json) -> bytes:
    shown: Json = picture(picture_bytes(0.225 * step, hue=30 * number))
    return event({**preview(step), "image": shown, **members})


def _final(number: int, **members: Json) -> bytes:
    shown: Json = [picture(picture_bytes(hue=30 * number, quality=95))]
    return event(final(**{"images": shown, **_asked(number), **members}))


def _anonymous_final(number: int) -> bytes:
    return _final(number, seed=None, prompt=None)


def _bare(number: int, step: int) -> bytes:
    """An event as fal's documentation shows it."""
    return event({"image": picture(picture_bytes(0.2 * step, hue=30 * number), width=None, height=None)})


def _wait() -> bytes:
    return event({"status": "queued", "image": picture(picture_bytes(0.7, hue=95))})


def _low(step: int) -> bytes:
    """A preview of the other shape."""
    return event(preview(step, image=picture(picture_bytes(0.2 * step, height=24, hue=60), height=24)))


def _refused(number: int) -> Transcript:
    return replace(answer(_PROBE, 429, {"detail": "busy"}), request=_sent(number).request)


def _unanswered(number: int) -> Transcript:
    return replace(_sent(number), head=None, end=StreamEnd(ending=Ending.TIMED_OUT, at_ns=60_000_000_000))


@rule(
    id="R02",
    name="mixed-up-streams",
    requirement="Streams of simultaneous requests never mix.",
    level=Level.MUST,
    basis=Basis.OPERATIONS,
    reference="https://huggingface.co/docs/diffusers/using-diffusers/create_a_server",
    rationale="What one user asked for is nobody else's to see. Each request has its own prompt and seed, one its own "
    "shape. Certain signs are another's prompt or seed, the bytes of another's picture, the shape that only another "
    "asked for, steps that fall back again and again, and a second final. What the undisturbed generation shows as "
    "well is this endpoint's own; a picture of one colour, or one with which both streams begin, is a placeholder. "
    "Pictures behind URLs are not fetched and so not compared.",
    consequence="Users see each other's pictures and prompts, and fal-js's done() resolves with a stranger's picture.",
    fix="Make the queue of events inside the request, keep no preview and no seed in `self` or a global, and run one "
    "generation at a time on a pipeline, or give each its own scheduler (`Pipeline.from_pipe(shared, scheduler=...)`).",
    # A stream that is broken by itself shows nothing of other requests.
    requires=("J01", "J02"),
    passes=lambda: (
        sample("pictures of its own", *_at_once(_own(1), _own(2), _own(3))),
        sample(
            "a mock that shows everybody the same picture",
            *_at_once(*([*good_events()[:-1], event(final(**_asked(number)))] for number in (1, 2))),
        ),
        sample(
            "fal's documented example",
            _usual(*documented_events()),
            *(_sent(number, *(_bare(number, step) for step in (1, 2, 3, 4))) for number in (1, 2)),
            sets_off=("F02", "F08"),
        ),
        sample(
            "a placeholder for those who wait",
            *_at_once(_own(1), [_wait(), *_own(2)], [_wait(), _wait(), *_own(3)]),
        ),
        sample("a placeholder, and then nothing more", *_at_once(_own(1), [_wait()], [_wait()])),
        sample(
            "a picture blacked out by a safety checker",
            *_at_once(*([*_own(n)[:-1], _final(n, images=[picture(picture_bytes(0))])] for n in (1, 2))),
        ),
        sample("two refused for load", *_at_once(_own(1)), _refused(2), _refused(3)),
        sample("no answer for one of them", *_at_once(_own(1), _own(2)), _unanswered(3)),
        sample("a generation that is started a second time", *_at_once([*_own(1)[:3], *_own(1)], _own(2))),
        sample("a generation that is taken up where it stood", *_at_once([*_own(1)[:3], *_own(1)[1:]], _own(2))),
        sample(
            "previews that overtake each other", *_at_once([_own(1)[1], _own(1)[0], *_own(1)[2:]], _own(2), _own(3))
        ),
        sample(
            "a batch whose next picture has the next seed",
            *_at_once(*([*_own(n)[:-1], _final(n, pictures=[{"seed": 43 + 1000 * n}])] for n in (1, 2))),
        ),
        sample(
            "square previews whatever the shape",
            _usual(size=_SQUARE),
            _sent(1, *_own(1), size=_SQUARE),
            _sent(2, *_own(2)[:-1], _final(2, images=[picture(picture_bytes(height=24), height=24)]), size=_LOW),
        ),
        sample(
            "a shape for each",
            _usual(size=_SQUARE),
            _sent(1, *_own(1), size=_SQUARE),
            _sent(2, *map(_low, (1, 2, 3)), size=_LOW),
        ),
    ),
    fails=lambda: (
        sample(
            "another's preview among its own",
            *_at_once(_own(1), [*_own(2)[:2], _preview(1, 3), *_own(2)[2:]]),
        ),
        sample("another's preview first", *_at_once(_own(1), [_preview(1, 3), *_own(2)])),
        sample(
            "everything goes to everybody",
            *_at_once(*[[piece for pair in zip(_own(1), _own(2), strict=True) for piece in pair]] * 2),
        ),
        sample(
            "everything to everybody in the documented shape",
            _usual(*documented_events()),
            *(_sent(n, *(_bare(number, step) for step in (1, 2, 3, 4, 5) for number in (1, 2))) for n in (1, 2)),
            sets_off=("F02", "F08"),
        ),
        sample("the finals are exchanged", *_at_once([*_own(1)[:-1], _final(2)], [*_own(2)[:-1], _final(1)])),
        sample("both get the final of one", *_at_once(*([*_own(n)[:-1], _anonymous_final(1)] for n in (1, 2)))),
        sample(
            "the seed of another in a preview",
            *_at_once(_own(1), [_preview(2, 1, meta={"seed": 1042}), *_own(2)[1:]]),
        ),
        sample(
            "a picture of another's shape",
            _usual(size=_SQUARE),
            _sent(1, *_own(1)[:2], event({"image": picture(picture_bytes(0.5, height=24), height=24)}), size=_SQUARE),
            _sent(2, *map(_low, (1, 2, 3)), size=_LOW),
        ),
        sample(
            "a queue from which each takes what comes",
            *_at_once(
                [*(_preview(number, step) for step in (1, 2, 3) for number in (1, 2)), _final(1)],
                [_preview(1, 4), _preview(2, 4), _final(2)],
            ),
        ),
        sample(
            "it begins in the middle and then starts over",
            *_at_once([_preview(2, 3), *_own(1)], [*_own(2)[:2], *_own(2)[3:]]),
        ),
        sample("two finals", *_at_once([*_own(1)[:-1], _anonymous_final(2), _anonymous_final(1)], _own(2)[:-1])),
    ),
)
def check(generations: Sequence[Evidence], concurrent_generations: tuple[Evidence, ...]) -> Iterator[Finding]:
    """Look for marks of the others in each stream; where there is none, at its course."""
    streams = _answered(concurrent_generations)
    strangers = {number: _strangers(generations, number, streams) for number in streams}
    if not any(stranger.asked for of_one in strangers.values() for stranger in of_one):
        raise NotApplicable("the requests do not differ: the payload names neither a prompt nor a seed")
    count = len(concurrent_generations)
    yield from first_few(
        replace(fault, message=f"in stream {number} of {count}, {fault.message}")
        for number, item in streams.items()
        for fault in _marks(item, strangers[number]) or _faults_of_course(generations, item)
    )


def _answered(simultaneous: tuple[Evidence, ...]) -> dict[int, Evidence]:
    """The streams by their number, from 1."""
    streams = {
        number: item
        for number, item in enumerate(simultaneous, 1)
        if item.head is not None and item.head.status == 200 and item.events
    }
    if len(streams) < 2:
        raise NotApplicable(f"fewer than 2 streams at once: {len(streams)} of {len(simultaneous)} requests")
    return streams


def _strangers(usual: Sequence[Evidence], number: int, streams: dict[int, Evidence]) -> tuple[Stranger, ...]:
    own = streams[number]
    return tuple(
        Stranger.of(other, own, usual, title=f"request {index}", harmless=placeholders(usual, own, other))
        for index, other in streams.items()
        if index != number
    )


def _marks(item: Evidence, strangers: tuple[Stranger, ...]) -> tuple[Finding, ...]:
    found = ((stranger.finding(item, event_) for stranger in strangers) for event_ in item.events)
    return tuple(filter(None, (next(filter(None, of_event), None) for of_event in found)))


def _faults_of_course(usual: Sequence[Evidence], item: Evidence) -> Iterator[Finding]:
    """A course that no single generation takes."""
    late, returns, marked = late_start(usual, item), returns_to_steps(usual, item), item.marked_finals
    if late is not None:
        first, step, start = late
        yield item.finding(
            f"the count begins with step {step} and then starts over with step {start}, expected the steps of one "
            "generation",
            event=first,
        )
    elif len(returns) > 1:
        steps = " and ".join(str(step) for _, step in returns[:2])
        yield item.finding(
            f"the count falls back to steps that were there before, {steps}, expected the steps of one generation",
            event=returns[0][0],
        )
    if len(marked) > 1 and all(len(whole.marked_finals) == 1 for whole in usual):
        yield item.finding(
            f"event {marked[0].index} is final, and so is event {marked[-1].index}, expected one final",
            event=marked[1],
        )
