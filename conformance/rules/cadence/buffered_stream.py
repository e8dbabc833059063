"""C04: events really stream."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.core.timing import in_seconds
from conformance.samples import event, final, good_events, stream, timed_stream
from conformance.signs.arrivals import NS_PER_MS, NS_PER_SECOND, Sign, asked_ns, kept_to_the_end, of_runs, shown_events
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What counts as a burst.

    Attributes:
        least_events: With fewer events than this there is nothing to spread.
        least_total_seconds: A shorter stream, from the request to the last event, may be that quick.
        burst_share: The largest share of that time that a burst takes.
        burst_milliseconds: The longest a burst takes, beside the time that its bytes need at 100 Mbit/s.
        pause_milliseconds: The longest pause between the end of an event and the start of the next in a burst.
    """

    least_events: int = 3
    least_total_seconds: float = 1.0
    burst_share: float = 0.05
    burst_milliseconds: int = 200
    pause_milliseconds: int = 5


def _burst(at_ms: int = 4000, apart_ms: int = 0, head_ms: int = 20, first: bytes | None = None) -> Transcript:
    held = [(at_ms + apart_ms * index, piece) for index, piece in enumerate(good_events())]
    status = [(100, first)] if first is not None else []
    return timed_stream([*status, *held], end_ms=held[-1][0] + 10, head_ms=head_ms)


def _in_reads(size: int) -> Transcript:
    body = b"".join(good_events())
    reads = [body[start : start + size] for start in range(0, len(body), size)]
    return timed_stream([(4000 + index, read) for index, read in enumerate(reads)], end_ms=4100)


@rule(
    id="C04",
    name="buffered-stream",
    requirement="Events arrive while the picture is computed, not all at once at the end.",
    level=Level.MUST,
    basis=Basis.OPERATIONS,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes",
    rationale="A stream that some layer keeps until it is complete has no previews, whatever is in it. Its sign is "
    "that each event begins when the one before has just ended, all of them within a twentieth of the time since "
    "the request. A fast model after a cold start shows the pauses of its steps, a slow line takes longer than a "
    "burst, and a stream of less than a second may be cached: none of them fails. Buffering is systematic and "
    "jitter is not, so a single run that streams is enough; one that is late but no burst, as over a slow line, "
    "shows neither.",
    consequence="People wait as long as without previews, and then see all of them in a flash.",
    fix="Yield each event when its step is done, from a generator and not from a list; turn buffering off in "
    'proxies ("X-Accel-Buffering: no") and leave text/event-stream out of GZipMiddleware.',
    requires=("S04",),
    options=Options(),
    passes=lambda: (
        sample("an event every half second", stream(*good_events())),
        sample("a cold start before four steps of 30 ms", _burst(8000, apart_ms=30)),
        sample("a cached answer", stream(*good_events(), first_ms=300, every_ms=0)),
        sample("a burst in one run, a stream in another", _burst(), stream(*good_events())),
        sample("a single preview and the final, both at the end", stream(*good_events(1), first_ms=4000, every_ms=0)),
        sample(
            "progress all along, the pictures together at the end",
            timed_stream(
                [
                    *((500 * step, event({"step": step, "progress": step / 8})) for step in range(1, 8)),
                    *((4000, piece) for piece in good_events(1)),
                ],
                end_ms=4010,
            ),
        ),
        sample(
            "two events that arrive together", stream(*good_events()[:2], b"".join(good_events()[2:4]), event(final()))
        ),
    ),
    fails=lambda: (
        sample("everything in one read at the end", stream(b"".join(good_events()), first_ms=4000)),
        sample("all events at one instant at the end", _burst()),
        sample("all events within 8 ms at the end", _burst(apart_ms=2)),
        sample("a body kept and then sent in reads of 1400 bytes", _in_reads(1400)),
        sample("a head at the end too", _burst(head_ms=3999)),
        sample("a first word at once, all pictures at the end", _burst(first=event({"status": "started"}))),
        sample("every run in one burst", _burst(), _burst(3000, apart_ms=1)),
        sample("every run at the end, one of them drawn out by a slow line", _burst(12_000, apart_ms=100), _burst()),
    ),
)
def check(generations: tuple[Evidence, ...], options: Options) -> Iterator[Finding]:
    """Look for a burst in every run that is long enough; one that streams, or may be that quick, clears the rest."""
    judged = [
        (item, events)
        for item in generations
        if _is_long_enough(events := shown_events(item, options.least_events), item, options)
    ]
    if not judged:
        raise NotApplicable(_why_not(generations[0], options))
    signs = [_sign(item, events, options) for item, events in judged]
    if Sign.FAULT not in signs or Sign.NONE in signs or len(judged) < len(generations):
        return
    generation, events = judged[signs.index(Sign.FAULT)]
    last_ns = events[-1].at_ns
    yield generation.finding(
        f"{len(events)} events came within {(last_ns - events[0].at_ns) // NS_PER_MS} ms, "
        f"{in_seconds(last_ns - asked_ns(generation)):.1f} s after the request{of_runs(generations)}, expected them "
        "while the picture is computed (was it a cold start? then check again with --warm-up)",
        event=events[0],
    )


def _is_long_enough(events: tuple[Event, ...], generation: Evidence, options: Options) -> bool:
    if len(events) < options.least_events:
        return False
    return events[-1].at_ns - asked_ns(generation) > options.least_total_seconds * NS_PER_SECOND


def _sign(generation: Evidence, events: tuple[Event, ...], options: Options) -> Sign:
    return kept_to_the_end(
        generation,
        events,
        largest_share=options.burst_share,
        longest_pause_ns=options.pause_milliseconds * NS_PER_MS,
        longest_ns=options.burst_milliseconds * NS_PER_MS,
    )


def _why_not(generation: Evidence, options: Options) -> str:
    events = generation.events
    if len(events) < options.least_events:
        return f"fewer than {options.least_events} events: {len(events)}"
    lasted = in_seconds(events[-1].at_ns - asked_ns(generation))
    return f"shorter than {options.least_total_seconds:g} s from the request to the last event: {lasted:.2f} s"
