"""R08: a stream holds nothing of another request."""

from collections.abc import Iterator, Sequence

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Transcript
from conformance.samples import answer, event, final, good_events, picture, picture_bytes, preview, stream
from conformance.signs.marks import Stranger
from conformance.signs.step_counts import late_start
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json

_ASKED: dict[str, Json] = {"prompt": "a red disc", "seed": 42}
_ASKED_BEFORE: dict[str, Json] = {"prompt": "a red disc, at night", "seed": 43}


def _night(step: int, **members: Json) -> bytes:
    """A preview of the other picture."""
    shown: Json = picture(picture_bytes(0.225 * step, hue=60))
    return event({**preview(step), "image": shown, **members})


def _night_final() -> bytes:
    return event(final(images=[picture(picture_bytes(hue=60))], seed=43, prompt="a red disc, at night"))


def _usual(*pieces: bytes) -> Transcript:
    return stream(*(pieces or good_events()), payload=_ASKED)


def _left(*pieces: bytes, payload: dict[str, Json] | None = None) -> Transcript:
    return stream(
        *(pieces or [_night(1)]),
        probe="abandoned_generation",
        end_after_ms=0,
        ending=Ending.ABANDONED,
        payload=_ASKED_BEFORE if payload is None else payload,
    )


def _next(*pieces: bytes) -> Transcript:
    return stream(*pieces, probe="next_generation", payload=_ASKED)


def _plain(step: int) -> bytes:
    return event(preview(step, image=picture(picture_bytes(0))))


@rule(
    id="R08",
    name="leftovers-of-other-requests",
    requirement="A stream holds nothing of an abandoned or earlier request.",
    level=Level.MUST,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/serverless/distributed/streaming",
    rationale="What one user asked for is nobody else's to see. Three signs are certain: the bytes of a picture of the "
    "abandoned generation, its prompt or seed, or a stream that begins in the middle and then starts over. A picture "
    "of a single colour is a placeholder, and what the undisturbed generation shows as well is this endpoint's own, so "
    "neither counts. Leftovers that were never seen before and bear no mark cannot be told.",
    consequence="A user sees the pictures and the prompt of a stranger, and fal-js's done() may resolve with them.",
    fix="Make the queue of results inside the request, or tag each result with its request and drop the others; when a "
    "client leaves, stop its generation and empty its queue before the next request starts.",
    # A stream that is broken by itself shows nothing of other requests.
    requires=("J01", "J02"),
    passes=lambda: (
        sample("pictures of its own", _usual(), _left(), _next(*good_events())),
        sample(
            "a placeholder that every stream begins with",
            _usual(_plain(0), *good_events()),
            _left(_plain(0)),
            _next(_plain(0), *good_events()),
        ),
        sample(
            "a picture blacked out by a safety checker",
            _usual(),
            _left(_plain(1)),
            _next(*good_events()[:-1], event(final(images=[picture(picture_bytes(0))]))),
        ),
        sample("an abandoned stream that another generation answers in full", _usual(), _left(), _next(event(final()))),
        sample(
            "previews that overtake each other",
            _usual(),
            _left(),
            _next(good_events()[1], good_events()[0], *good_events()[2:]),
        ),
        sample(
            "a generation that is started a second time",
            _usual(),
            _left(),
            _next(*good_events()[:2], *good_events()),
        ),
        sample(
            "a count for each of two stages",
            _usual(*good_events()[:4], *good_events()[1:]),
            _left(),
            _next(*good_events()[1:4], *good_events()),
            sets_off=("J06",),
        ),
        sample(
            "a batch whose second picture has the next seed",
            _usual(*good_events()[:-1], event(final(pictures=[{"seed": 42}, {"seed": 43}]))),
            _left(),
            _next(*good_events()[:-1], event(final(pictures=[{"seed": 42}, {"seed": 43}]))),
        ),
        sample("requests that do not differ", _usual(), _left(payload=_ASKED), _next(_night(1), *good_events())),
        sample(
            "an abandoned request that was refused",
            _usual(),
            answer("abandoned_generation", 503, {"detail": "busy"}),
            _next(*good_events()),
        ),
    ),
    fails=lambda: (
        sample("a picture of the abandoned one first", _usual(), _left(), _next(_night(1), *good_events())),
        sample(
            "a picture of the abandoned one in the middle",
            _usual(),
            _left(),
            _next(*good_events()[:1], _night(1), *good_events()[1:]),
        ),
        sample("the abandoned one's later previews first", _usual(), _left(), _next(_night(3), *good_events())),
        sample(
            "the abandoned one's previews and its final in place of its own",
            _usual(),
            _left(),
            _next(_night(2), _night(3), _night_final()),
        ),
        sample(
            "the abandoned one's final first",
            _usual(),
            _left(),
            _next(event(final(images=[picture(picture_bytes(hue=60))], seed=None, prompt=None)), *good_events()),
        ),
        sample(
            "the abandoned one's seed in a preview",
            _usual(),
            _left(),
            _next(_night(2, meta={"seed": 43}), *good_events()),
        ),
        sample(
            "the abandoned one's prompt among the previews",
            _usual(),
            _left(),
            _next(*good_events()[:2], event({"prompt": "a red disc, at night"}), *good_events()[2:]),
        ),
    ),
)
def check(
    generations: Sequence[Evidence], abandoned_generation: Evidence, next_generation: Evidence
) -> Iterator[Finding]:
    """Look for each of the three signs; a stream that starts over needs no further proof where one was found."""
    abandoned = _abandoned(generations, abandoned_generation, next_generation)
    faults = (abandoned.finding(next_generation, event_) for event_ in next_generation.events)
    found = tuple(first_few(filter(None, faults)))
    restart = None if found else _restart(generations, next_generation) or _final_first(generations, next_generation)
    yield from found if restart is None else (restart,)


def _abandoned(generations: Sequence[Evidence], abandoned: Evidence, following: Evidence) -> Stranger:
    """What only the abandoned request asked for and showed."""
    for evidence in (abandoned, following):
        if evidence.response.status != 200:
            raise NotApplicable(f"the status of {evidence.probe} is {evidence.response.status}")
        if not evidence.events:
            raise NotApplicable(f"events of {evidence.probe}: 0")
    stranger = Stranger.of(abandoned, following, generations, title="the abandoned request")
    if not stranger.asked:
        raise NotApplicable("the two requests do not differ: the payload names neither a prompt nor a seed")
    return stranger


def _restart(generations: Sequence[Evidence], following: Evidence) -> Finding | None:
    late = late_start(generations, following)
    if late is None:
        return None
    first, step, start = late
    return following.finding(
        f"the stream begins with step {step} and then starts over with step {start}, expected no events of another "
        "generation before its own",
        event=first,
    )


def _final_first(generations: Sequence[Evidence], following: Evidence) -> Finding | None:
    """A marked final before everything else, and another one later, where no other stream has two."""
    marked = following.marked_finals
    if len(marked) < 2 or marked[0] is not following.result_events[0]:
        return None
    if any(len(evidence.marked_finals) != 1 for evidence in generations):
        return None
    return following.finding(
        f"the stream begins with a final and has another one as event {marked[-1].index}, expected no events of "
        "another generation before its own",
        event=marked[0],
    )
