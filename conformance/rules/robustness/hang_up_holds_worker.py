"""R01: a client that hangs up frees the worker."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Transcript
from conformance.samples import answer, documented_events, event, good_events, stream, timed_stream
from conformance.signs.course import Course, is_whole, usual_course
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """When a wait is put down to the generation that was left.

    Attributes:
        least_wait_seconds: A shorter wait than this is jitter.
        tolerated_pauses: An app that notices after this many pauses between events is soon enough.
        margin: How far the wait may be from what was left of that generation, as a share of it.
        most_slowdown: A next generation that takes this many times as long as usual ran on a busy machine.
    """

    least_wait_seconds: float = 1.0
    tolerated_pauses: int = 2
    margin: float = 0.3
    most_slowdown: float = 1.5


def _left(*pieces: bytes, first_ms: int = 500, ending: Ending = Ending.ABANDONED) -> Transcript:
    return stream(
        *(pieces or good_events(8)[:1]),
        probe="abandoned_generation",
        first_ms=first_ms,
        end_after_ms=0,
        ending=ending,
        payload={"prompt": "a red disc, at night"},
    )


def _next(first_ms: int = 500, every_ms: int = 500) -> Transcript:
    return stream(*good_events(8), probe="next_generation", first_ms=first_ms, every_ms=every_ms)


def _next_at(*at_ms: int) -> Transcript:
    timed = zip(at_ms, good_events(8), strict=True)
    return timed_stream(timed, end_ms=at_ms[-1] + 10, probe="next_generation")


def _queued(after_ms: int) -> Transcript:
    """A next generation that says at once that it is queued."""
    results = ((after_ms + 500 * index, piece) for index, piece in enumerate(good_events(8)))
    queued = event({"status": "queued"})
    return timed_stream([(50, queued), *results], end_ms=after_ms + 4010, probe="next_generation")


def _usual(first_ms: int = 500) -> Transcript:
    return stream(*good_events(8), first_ms=first_ms)


@rule(
    id="R01",
    name="hang-up-holds-worker",
    requirement="A client that hangs up frees the worker for the next request.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/development/handle-cancellations",
    rationale="A stream that nobody reads is paid for and keeps others waiting. A worker may be busy for other reasons "
    "too, so only a wait of the very length of what was left of the abandoned generation fails, and only where that "
    "generation had not waited itself and the next one then runs at its usual pace; so does silence. An app may "
    "notice at its second step. A cold start of the only generation hides the fault: warm up, or repeat.",
    consequence="Whoever reloads the page waits for the picture that they just gave up, and with few workers a handful "
    "of closed tabs stops the endpoint for everyone.",
    fix="Stop the pipeline from its step callback once the client has gone: watch request.is_disconnected(), or set a "
    "flag in the generator's `finally`, and raise in the callback.",
    # The rest is measured on a generation that is whole and whose events came when they were made.
    requires=("F01", "C04"),
    options=Options(),
    passes=lambda: (
        sample("the next one starts at once", _usual(), _left(), _next()),
        sample("an app that notices within a step", _usual(), _left(), _next(first_ms=1000)),
        sample("an app that notices when its second write fails", _usual(), _left(), _next(first_ms=1500)),
        sample("a jitter of half a second", _usual(), _left(), _next(first_ms=1000, every_ms=550)),
        sample("a cold start before the first generation", _usual(first_ms=9000), _left(), _next()),
        sample("a cold start of a further worker", _usual(), _left(), _next(first_ms=20_000)),
        sample("a queue in which the abandoned one waited too", _usual(), _left(first_ms=4500), _next(first_ms=4500)),
        sample("a machine on which everything is slow", _usual(), _left(), _next(first_ms=4500, every_ms=1000)),
        sample("results that the network held back", _usual(), _left(), _next(first_ms=4500, every_ms=10)),
        sample(
            "a lost packet at the start, and the final late again",
            _usual(),
            _left(),
            _next_at(*[3600] * 6, 3700, 4200, 6350),
        ),
        sample("a refusal for load", _usual(), _left(), answer("next_generation", 503, {"detail": "busy"})),
        sample(
            "a generation of a second",
            stream(*good_events(), first_ms=200, every_ms=200),
            _left(first_ms=200),
            stream(*good_events(), first_ms=1000, every_ms=200, probe="next_generation"),
        ),
        sample(
            "a generation that was over before we left",
            _usual(),
            _left(*good_events(8), ending=Ending.COMPLETE),
            _next(first_ms=4500),
        ),
    ),
    fails=lambda: (
        sample("the next one waits for the abandoned one", _usual(), _left(), _next(first_ms=4500)),
        sample("a little late on top of it", _usual(), _left(), _next(first_ms=5200)),
        sample(
            "after repeated generations, one of them slow to start",
            _usual(first_ms=9000),
            _usual(),
            _usual(first_ms=600),
            _left(),
            _next(first_ms=4600),
        ),
        sample(
            "an event that tells of the queue",
            stream(event({"status": "queued"}), *good_events(8), first_ms=50),
            _left(event({"status": "queued"}), first_ms=50),
            _queued(after_ms=5050),
        ),
        sample(
            "fal's documented example",
            stream(*documented_events(8)),
            _left(documented_events()[0]),
            stream(*documented_events(8), first_ms=4500, probe="next_generation"),
            sets_off=("F02",),
        ),
        sample(
            "silence for good",
            _usual(),
            _left(),
            stream(probe="next_generation", ending=Ending.TIMED_OUT, end_after_ms=60_000),
        ),
    ),
)
def check(
    generations: Sequence[Evidence], abandoned_generation: Evidence, next_generation: Evidence, options: Options
) -> Iterator[Finding]:
    """Compare the next generation's wait with the usual one, and the difference with what was left."""
    _judgeable(abandoned_generation, next_generation)
    usual = usual_course(generations, len(abandoned_generation.events))
    if next_generation.transcript.end.ending is Ending.TIMED_OUT and not next_generation.result_events:
        yield _silent(next_generation)
        return
    least = max(options.least_wait_seconds, options.tolerated_pauses * usual.pause_seconds) / (1 - options.margin)
    if usual.rest_seconds < least:
        raise NotApplicable(
            f"a generation goes on for {usual.rest_seconds:.1f} s after its first event, expected at least "
            f"{least:.1f} s, in which a wait can be told from the time an app takes to notice"
        )
    yield from _late(abandoned_generation, next_generation, usual, options)


def _judgeable(abandoned: Evidence, following: Evidence) -> None:
    ending = abandoned.transcript.end.ending
    if ending is not Ending.ABANDONED or not abandoned.events:
        raise NotApplicable(f"nothing was left: {len(abandoned.events)} event(s) and then {ending.value}")
    for evidence in (abandoned, following):
        if evidence.response.status != 200:
            raise NotApplicable(f"the status of {evidence.probe} is {evidence.response.status}")
    if following.transcript.end.ending.is_ours:
        raise NotApplicable("we hung up before the end of next_generation")


def _late(abandoned: Evidence, following: Evidence, usual: Course, options: Options) -> Iterator[Finding]:
    if not is_whole(following):
        ending = following.transcript.end.ending.value
        raise NotApplicable(f"next_generation did not end by itself with a result: {ending}")
    # The control: whatever else keeps the worker busy, the abandoned generation met it a moment before.
    expected = max([usual.wait_seconds, *([Course.of(abandoned).wait_seconds] if abandoned.result_events else [])])
    course, rest = Course.of(following), usual.rest_seconds
    extra = course.wait_seconds - expected
    if extra < rest * (1 - options.margin):
        return
    if extra > rest * (1 + options.margin) + options.least_wait_seconds:
        raise NotApplicable(
            f"the next generation began {extra:.1f} s later than usual, but only {rest:.1f} s were left of the "
            "abandoned one"
        )
    caught_up = usual.results_seconds - course.results_seconds
    if extra - caught_up < rest * (1 - options.margin):
        raise NotApplicable(
            f"the next generation's results came within {course.results_seconds:.1f} s, expected about "
            f"{usual.results_seconds:.1f} s: the network held the first of them back, and the last came "
            f"{max(extra - caught_up, 0.0):.1f} s later than usual"
        )
    slowdown = course.results_seconds / usual.results_seconds if usual.results_seconds else 1.0
    if slowdown > options.most_slowdown:
        raise NotApplicable(f"the next generation itself took {slowdown:.1f} times as long as usual")
    yield following.finding(
        f"the first result came {course.wait_seconds:.1f} s after the request, expected about {expected:.1f} s as "
        f"before: the worker seems to have finished the generation whose client had left, of which {rest:.1f} s were "
        "to come",
        event=following.result_events[0],
    )


def _silent(following: Evidence) -> Finding:
    return following.finding(
        f"after a client had hung up, the next request brought {len(following.events)} event(s), no result and then "
        f"silence: {following.transcript.end.detail or 'nothing more came'}; expected a generation as before",
        at_ns=following.transcript.end.at_ns,
    )
