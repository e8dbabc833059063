"""C02: the first event comes soon."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending
from conformance.core.timing import in_seconds
from conformance.samples import good_events, stream, timed_stream
from conformance.signs.arrivals import NS_PER_SECOND, asked_ns, of_runs
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_PINGS = tuple((at_ms, b": ping\n\n") for at_ms in range(10_000, 60_000, 10_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How long the first event may take.

    Attributes:
        first_event_limit_seconds: From the request fully sent to the first event.
    """

    first_event_limit_seconds: float = 30.0


@rule(
    id="C02",
    name="late-first-event",
    requirement="The first event comes within 30 s of the request.",
    level=Level.MUST,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="People leave, and gateways close, before half a minute of nothing is over. The wait counts from the "
    "request, since it makes no difference to a user whether the head or the event was late. Comments keep a "
    "connection open but show nothing, so they do not count. A cold start may take longer: the best of several runs "
    "is judged, and `--warm-up` keeps the first one out of the evidence. Nothing before the limit and then the end "
    "of the recorder's patience is the same fault.",
    consequence="The page shows nothing for half a minute; fal_client, which has no read timeout, waits with it.",
    fix="Send an event such as the step count before the first step is computed; load the model in setup(), and "
    "keep a worker warm with min_concurrency.",
    requires=("S04",),
    options=Options(),
    passes=lambda: (
        sample("a first event at once", stream(*good_events())),
        sample(
            "a first event after 29 s, with comments before it",
            timed_stream(
                [*_PINGS[:2], *((29_000 + 500 * step, piece) for step, piece in enumerate(good_events()))],
                end_ms=31_010,
            ),
        ),
        sample(
            "a cold start, and a warm run after it",
            stream(*good_events(), head_ms=44_500, first_ms=45_000),
            stream(*good_events()),
        ),
    ),
    fails=lambda: (
        sample("a first event after 40 s", stream(*good_events(), first_ms=40_000)),
        sample(
            "only comments until 55 s",
            timed_stream(
                [*_PINGS, *((55_000 + 500 * step, piece) for step, piece in enumerate(good_events()))],
                end_ms=57_010,
            ),
        ),
        sample("no event until the recorder gave up", timed_stream(_PINGS, end_ms=62_000, ending=Ending.TIMED_OUT)),
        sample("nothing at all after the head", timed_stream([], end_ms=60_020, ending=Ending.TIMED_OUT)),
        sample("a late first event in every run", *(stream(*good_events(), first_ms=40_000) for _ in range(2))),
    ),
)
def check(generations: tuple[Evidence, ...], options: Options) -> Iterator[Finding]:
    """Take the shortest wait of all runs that waited for an event long enough to tell."""
    limit_ns = int(options.first_event_limit_seconds * NS_PER_SECOND)
    waits = [(_waited_ns(item), item) for item in generations if item.events or _waited_ns(item) > limit_ns]
    if not waits:
        raise NotApplicable("fewer than 1 event: 0")
    waited_ns, generation = min(waits, key=lambda entry: entry[0])
    if waited_ns > limit_ns:
        came = "the first event came" if generation.events else "no event had come"
        yield generation.finding(
            f"{came} {in_seconds(waited_ns):.1f} s after the request{of_runs(generations)}, expected within "
            f"{options.first_event_limit_seconds:g} s (was it a cold start? then check again with --warm-up)",
            event=generation.events[0] if generation.events else None,
            at_ns=asked_ns(generation) + waited_ns,
        )


def _waited_ns(generation: Evidence) -> int:
    end = generation.transcript.end
    if generation.events:
        return generation.events[0].at_ns - asked_ns(generation)
    return end.at_ns - asked_ns(generation) if end.ending is Ending.TIMED_OUT else 0
