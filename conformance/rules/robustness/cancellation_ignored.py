"""R07: a stream can be cancelled by its request id."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Transcript
from conformance.core.timing import in_seconds
from conformance.samples import answer, documented_events, event, good_events, stream
from conformance.signs.course import Course, is_whole, usual_course
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """When a generation counts as not stopped.

    Attributes:
        least_wait_seconds: The time that the cancellation itself may need on its way.
        tolerated_pauses: An app that notices after this many pauses between events is soon enough.
        margin: A stream that ends earlier than usual by this share of its rest was stopped.
        most_slowdown: A generation whose first result took this many times as long as usual ran on a busy machine.
    """

    least_wait_seconds: float = 1.0
    tolerated_pauses: int = 2
    margin: float = 0.3
    most_slowdown: float = 1.5

    def least_rest_seconds(self, pause_seconds: float) -> float:
        """How long a generation must go on for a cancellation to be seen to work."""
        return (self.least_wait_seconds + self.tolerated_pauses * pause_seconds) / (1 - self.margin)


def _usual() -> Transcript:
    return stream(*good_events(12))


def _cancelled(*pieces: bytes, first_ms: int = 500, every_ms: int = 500, **changes: object) -> Transcript:
    transcript = stream(*pieces, first_ms=first_ms, every_ms=every_ms, probe="cancelled_generation", **changes)  # type: ignore[arg-type]
    headers = (*transcript.request.headers, ("x-fal-request-id", "0f8fad5b-d9cb-469f-a165-70867728950e"))
    return replace(transcript, request=replace(transcript.request, headers=headers))


def _answered(status: int = 200) -> Transcript:
    return answer("cancellation", status, {"cancelled": True} if status == 200 else {"detail": "Not Found"})


def _told() -> bytes:
    return event({"error": {"type": "cancelled", "message": "The generation was cancelled."}})


@rule(
    id="R07",
    name="cancellation-ignored",
    requirement="A POST to the cancel route with the stream's x-fal-request-id stops the generation.",
    level=Level.SHOULD,
    basis=Basis.FAL,
    reference="https://fal.ai/docs/documentation/development/handle-cancellations",
    rationale="fal tells an app that a stream's client has gone by a POST to the stream's path with `/cancel` behind "
    "it and the same x-fal-request-id; without that route the generation runs on, which is paid for: a warning. "
    "Behind its gateway fal calls the route itself, and nothing says that a client can, nor that its id gets there, so "
    "that only a route which the user names (--cancel-url) is asked. What counts is the effect and not the status: the "
    "stream ends early, with an error event or without. Too short a generation, and one that was over before, cannot "
    "tell.",
    consequence="Whoever closes the page goes on paying for the GPU, and the next request waits for a picture that "
    "nobody will see.",
    fix='Declare @fal.endpoint("/stream/cancel"), look the generation up by the x-fal-request-id of the request, set '
    "its cancellation flag, and raise in the pipeline's step callback once it is set.",
    # The usual course is measured on a generation that is whole and whose events came when they were made.
    requires=("F01", "C04"),
    options=Options(),
    passes=lambda: (
        sample("an error event and the end", _usual(), _cancelled(*good_events(12)[:2], _told()), _answered()),
        sample("simply the end", _usual(), _cancelled(*good_events(12)[:3]), _answered()),
        sample("a cut", _usual(), _cancelled(*good_events(12)[:3], ending=Ending.TRUNCATED), _answered()),
        sample("a reset", _usual(), _cancelled(*good_events(12)[:3], ending=Ending.RESET), _answered(202)),
        sample("it stops, whatever the status says", _usual(), _cancelled(*good_events(12)[:2]), _answered(404)),
        sample("a stop that takes three steps", _usual(), _cancelled(*good_events(12)[:4], _told()), _answered()),
        sample(
            "a stop on a machine at half its speed",
            _usual(),
            _cancelled(*good_events(12)[:4], _told(), first_ms=1000, every_ms=1000, end_after_ms=2500),
            _answered(),
        ),
        sample(
            "fal's documented example, stopped",
            stream(*documented_events(12)),
            _cancelled(*documented_events(12)[:3]),
            _answered(),
            sets_off=("F02",),
        ),
        sample(
            "cancelled while it waited in a queue",
            stream(event({"status": "queued"}), *good_events(12)),
            _cancelled(event({"status": "queued"}), _told()),
            _answered(),
        ),
        sample(
            "a generation of a second and a half",
            stream(*good_events(), every_ms=375),
            _cancelled(*good_events(), every_ms=375),
            _answered(),
        ),
        sample(
            "a cached generation, over before the cancellation came",
            _usual(),
            _cancelled(*good_events(12), every_ms=5),
            _answered(404),
        ),
        sample("a refusal for load", _usual(), answer("cancelled_generation", 503, {"detail": "busy"})),
    ),
    fails=lambda: (
        sample("no such route", _usual(), _cancelled(*good_events(12)), _answered(404)),
        sample("a route that takes no POST", _usual(), _cancelled(*good_events(12)), _answered(405)),
        sample("a route that does nothing", _usual(), _cancelled(*good_events(12)), _answered()),
        sample("a crash in the route", _usual(), _cancelled(*good_events(12)), _answered(500)),
        sample(
            "an app that is too busy to take the cancellation",
            _usual(),
            _cancelled(*good_events(12)),
            replace(_answered(), end=replace(_answered().end, at_ns=6_000_000_000)),
        ),
        sample(
            "told only when everything was done",
            _usual(),
            _cancelled(*good_events(12)[:-1], _told()),
            _answered(),
        ),
        sample(
            "previews stop and the work goes on",
            _usual(),
            _cancelled(*good_events(12)[:2], end_after_ms=5500),
            _answered(),
        ),
        sample(
            "the stream never ends",
            _usual(),
            _cancelled(*good_events(12)[:2], ending=Ending.TIMED_OUT, end_after_ms=60_000),
            _answered(),
        ),
        sample(
            "fal's documented example, not stopped",
            stream(*documented_events(12)),
            _cancelled(*documented_events(12)),
            _answered(404),
            sets_off=("F02",),
        ),
    ),
)
def check(
    cancelled_generation: Evidence, cancellation: Evidence, generations: Sequence[Evidence], options: Options
) -> Iterator[Finding]:
    """Compare how the cancelled generation went on with how one usually does."""
    _judgeable(cancelled_generation, cancellation)
    usual = usual_course(generations, seen=1)
    least = options.least_rest_seconds(usual.pause_seconds)
    rest = _rest_seconds(cancelled_generation)
    if usual.rest_seconds < least:
        raise NotApplicable(_too_short("a generation goes on", usual.rest_seconds, least))
    fault = _fault(cancelled_generation, usual, options)
    if fault is None:
        return
    if rest < least * (1 - options.margin):
        raise NotApplicable(_too_short("the generation went on", rest, least * (1 - options.margin)))
    yield cancelled_generation.finding(
        f"after a cancellation that was answered with {cancellation.response.status}, {fault}, expected the end of the "
        "stream within a few steps",
        at_ns=cancelled_generation.transcript.end.at_ns,
    )


def _judgeable(cancelled: Evidence, cancellation: Evidence) -> None:
    for evidence in (cancelled, cancellation):
        if evidence.response.status in (429, 503):
            raise NotApplicable(f"the status of {evidence.probe} is {evidence.response.status}, which is about load")
    if cancelled.response.status != 200 or not cancelled.events:
        raise NotApplicable(
            f"there was nothing to cancel: the status is {cancelled.response.status}, with {len(cancelled.events)} "
            "event(s)"
        )
    if cancelled.transcript.end.ending.is_ours:
        raise NotApplicable("we hung up before the end of cancelled_generation")


def _rest_seconds(cancelled: Evidence) -> float:
    return in_seconds(cancelled.transcript.end.at_ns - cancelled.events[0].at_ns)


def _too_short(what: str, seconds: float, least: float) -> str:
    return (
        f"{what} for {seconds:.1f} s after its first event, expected at least {least:.1f} s, in which a cancellation "
        "can be seen to work"
    )


def _fault(cancelled: Evidence, usual: Course, options: Options) -> str | None:
    """How the generation went on, or None where it was stopped."""
    rest = _rest_seconds(cancelled)
    seen = f"{len(cancelled.result_events)} of usually {usual.results} results"
    if is_whole(cancelled) and len(cancelled.result_events) >= usual.results:
        return f"the generation ran to its result {rest:.1f} s later ({seen})"
    if cancelled.transcript.end.ending is Ending.TIMED_OUT:
        return f"the stream fell silent and never ended ({seen})"
    is_late = rest >= usual.rest_seconds * (1 - options.margin)
    if is_late and _slowdown(cancelled, usual) <= options.most_slowdown:
        return f"the stream went on for {rest:.1f} s, as long as usual ({seen})"
    return None


def _slowdown(cancelled: Evidence, usual: Course) -> float:
    if not cancelled.result_events or not usual.wait_seconds:
        return 1.0
    return Course.of(cancelled).wait_seconds / usual.wait_seconds
