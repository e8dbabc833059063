"""E08: too many requests at once are refused in time or queued, not left hanging."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Transcript
from conformance.core.timing import in_seconds
from conformance.samples import answer, event, final, good_events, stream, timed_stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few

_PROBE = "concurrent_generations"
_REFUSALS = (429, 503)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """When silence is no queue any more.

    Attributes:
        least_idle_seconds: How long the endpoint must have had nothing else of ours to do.
    """

    least_idle_seconds: float = 30.0


def _served(number: int, *, first_ms: int = 500) -> Transcript:
    last = event(final(prompt=f"a red disc, number {number}"))
    return stream(*good_events()[:-1], last, probe=_PROBE, payload=_asked(number), first_ms=first_ms)


def _refused(number: int, status: int, *, retry_after: bool = False) -> Transcript:
    headers = (("retry-after", "5"),) if retry_after else ()
    refusal = answer(_PROBE, status, {"detail": "busy"}, headers=headers)
    return replace(refusal, request=_served(number).request)


def _silent(number: int, *pieces: bytes, has_head: bool = True) -> Transcript:
    transcript = stream(
        *pieces, probe=_PROBE, payload=_asked(number), ending=Ending.TIMED_OUT, end_after_ms=60_000, every_ms=500
    )
    return transcript if has_head else replace(transcript, head=None)


def _asked(number: int) -> dict[str, str]:
    return {"prompt": f"a red disc, number {number}"}


@rule(
    id="E08",
    name="stall-under-load",
    requirement="Of several requests at once, each is served, queued, or refused with 429 or 503 and Retry-After.",
    level=Level.MAY,
    basis=Basis.OPERATIONS,
    reference="https://www.rfc-editor.org/rfc/rfc6585#section-4",
    rationale="A refusal can be tried again, a hang cannot even be noticed: fal_client has no read timeout. fal queues "
    "requests in front of a runner, and ends a runner at once that answers 503, so that an app there should rather "
    "queue, or answer 429. A queue may take its time, with comments or without; a hang is silence that outlasts every "
    "other request by half a minute. A further worker that starts as slowly looks the same, hence no more than a note.",
    consequence="At the first busy moment some users wait for ever, and others read of a server error.",
    fix="Let requests wait in the order they came and send a comment every 10 s meanwhile, or raise "
    'HTTPException(429, headers={"Retry-After": "5"}) when the queue is full; never run one pipeline in two threads.',
    requires=("H01",),
    options=Options(),
    passes=lambda: (
        sample("all are served at once", _served(1), _served(2), _served(3)),
        sample("a queue, one after the other", _served(1), _served(2, first_ms=3000), _served(3, first_ms=5500)),
        sample(
            "a queue with heartbeats",
            _served(1),
            timed_stream(
                [
                    (15_000, b": waiting\n\n"),
                    (30_000, b": waiting\n\n"),
                    *((40_000 + 500 * index, piece) for index, piece in enumerate(good_events())),
                ],
                end_ms=42_010,
                probe=_PROBE,
                payload=_asked(2),
            ),
        ),
        sample("429 with Retry-After", _served(1), _refused(2, 429, retry_after=True)),
        sample("503 with Retry-After", _served(1), _refused(2, 503, retry_after=True)),
        sample("a size that is not offered", _served(1), _refused(2, 422), _served(3)),
        sample("all fall silent, as where every worker starts anew", _silent(1), _silent(2)),
    ),
    fails=lambda: (
        sample("no answer for one of them", _served(1), _silent(2, has_head=False), _served(3)),
        sample("a head, and then nothing", _served(1), _silent(2), _served(3)),
        sample("a stream that stops in the middle", _served(1), _silent(2, *good_events()[:2])),
        sample("429 without Retry-After", _served(1), _refused(2, 429)),
        sample("503 without Retry-After", _served(1), _refused(2, 503)),
        sample("500 from a pipeline that two threads share", _served(1), _refused(2, 500)),
        sample(
            "a worker that dies of it",
            _served(1),
            stream(*good_events()[:2], probe=_PROBE, payload=_asked(2), ending=Ending.RESET),
        ),
        sample(
            "an error event",
            _served(1),
            stream(event({"error": "index 21 is out of bounds"}), probe=_PROBE, payload=_asked(2)),
        ),
    ),
)
def check(concurrent_generations: tuple[Evidence, ...], options: Options) -> Iterator[Finding]:
    """Look at each of the requests, and at how long the others had been over when it was given up."""
    if len(concurrent_generations) < 2:
        raise NotApplicable(f"fewer than 2 requests at once: {len(concurrent_generations)}")
    ends = [item.transcript.end.at_ns for item in concurrent_generations if item.transcript.end.ending.is_clean]
    idle_since_ns = max(ends, default=None)
    faults = (
        _finding(number, len(concurrent_generations), item, fault)
        for number, item in enumerate(concurrent_generations, 1)
        if (fault := _fault(item, idle_since_ns, options)) is not None
    )
    yield from first_few(faults)


def _finding(number: int, count: int, item: Evidence, fault: str) -> Finding:
    return item.finding(f"request {number} of {count} at once: {fault}", at_ns=item.transcript.end.at_ns)


def _fault(item: Evidence, idle_since_ns: int | None, options: Options) -> str | None:
    end, expected = item.transcript.end, "expected a stream, or 429 or 503 with Retry-After"
    if end.ending is Ending.TIMED_OUT:
        return _hang(item, idle_since_ns, options)
    if item.head is None:
        return None if end.ending.is_ours else f"no answer ({end.detail or end.ending.value}), {expected}"
    status = item.head.status
    if status in _REFUSALS:
        return None if item.head.value("retry-after") else f"the status is {status} without Retry-After, {expected}"
    if status >= 500:
        return f"the status is {status}, {expected}"
    if not (end.ending.is_clean or end.ending.is_ours):
        return f"the stream ended as {end.ending.value} after {len(item.events)} event(s), {expected}"
    if item.error_events:
        return f"event {item.error_events[0].index} is an error, {expected}"
    return None


def _hang(item: Evidence, idle_since_ns: int | None, options: Options) -> str | None:
    if idle_since_ns is None:
        return None
    idle_seconds = in_seconds(item.transcript.end.at_ns - idle_since_ns)
    if idle_seconds < options.least_idle_seconds:
        return None
    seen = "no head came" if item.head is None else f"silence after {len(item.events)} event(s)"
    return (
        f"{seen}, and it was given up {idle_seconds:.0f} s after the last of the others had ended, expected its turn, "
        "or 429 or 503 with Retry-After"
    )
