"""C07: no event is held back until the next one."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, preview, stream, timed_stream
from conformance.signs.arrivals import NS_PER_MS, Sign, of_runs
from conformance.signs.holding import held_until_next
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What counts as held back.

    Attributes:
        least_events: Fewer events than this may be a coincidence.
        least_hold_milliseconds: Nothing was held back that waited for a shorter time, beside one and a half round
            trips.
        least_hold_share: Nor what waited for a smaller share of the time from its first byte to its last.
        few_bytes: Nor what left more than this behind, a usual block of a buffer, unless it waited longer than a radio
            sleeps.
        sleep_milliseconds: The longest that a radio sleeps.
        least_held: Fewer events than this that waited may be a coincidence.
        end_milliseconds: How soon after the last event the stream ends when the end is what released it.
    """

    least_events: int = 3
    least_hold_milliseconds: int = 50
    least_hold_share: float = 0.7
    few_bytes: int = 4096
    sleep_milliseconds: int = 350
    least_held: int = 3
    end_milliseconds: int = 100


def _held(tail: int, previews: int = 4, every_ms: int = 500) -> Transcript:
    body = good_events(previews)
    tails = [b"", *(piece[-tail:] for piece in body)]
    fronts = [*(piece[:-tail] for piece in body), b""]
    return stream(*(late + early for late, early in zip(tails, fronts, strict=True)), every_ms=every_ms)


def _woken(every_ms: int) -> Transcript:
    """Reads that end in the middle of events of 10 KB and more."""
    body = [*(event(preview(step, note="x" * 10_000)) for step in range(1, 5)), event(final(note="x" * 10_000))]
    fronts, backs = [piece[:5000] for piece in body], [piece[5000:] for piece in body]
    reads = zip([b"", *backs], [*fronts, b""], strict=True)
    return stream(*(late + early for late, early in reads), every_ms=every_ms)


def _cut_anywhere(size: int, every_ms: int) -> Transcript:
    body = b"".join(good_events(5))
    reads = [body[start : start + size] for start in range(0, len(body), size)]
    return stream(*reads, every_ms=every_ms)


@rule(
    id="C07",
    name="event-held-back",
    requirement="No event waits for the next one before it is sent whole.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://github.com/dpatti/express-sse/issues/26",
    rationale="A missing flush, or a blank line written before an event and not after it, leaves each event's end "
    "behind until the next event pushes it out; so does a proxy that passes on full blocks only. Where reads are cut "
    "is up to the network, one lost packet has the same effect once, and a server's TCP may keep the end of each "
    "event for a round trip (Nagle's algorithm); a radio that wakes every 300 ms parts each event on a full line, but "
    "anywhere. So the rule fires only when no event was whole before the next began, the last one came with the end, "
    "and at least three events, and half of the pictures, waited for most of the time since their own start, all but "
    "4 KiB of them there or longer than a radio sleeps. Of several runs most must show it, and one in "
    "which events were whole when they came clears the rest.",
    consequence="Each preview shows up one step late, and the final picture only when the connection closes.",
    fix='Write the blank line with its event, f"data: {json}\\n\\n", and flush after each event; compressing layers '
    "need a flush too.",
    requires=("S04",),
    options=Options(),
    passes=lambda: (
        sample("each event in a read of its own", stream(*good_events())),
        sample("reads cut anywhere, on a line that is always full", _cut_anywhere(600, every_ms=30)),
        sample("everything in one read", stream(b"".join(good_events()), first_ms=800)),
        sample("two events, which may be a coincidence", _held(1, previews=1)),
        sample(
            "all but one event held back",
            stream(
                good_events()[0],
                good_events()[1][:-1],
                b"\n" + good_events()[2][:-1],
                b"\n" + good_events()[3][:-1],
                b"\n" + good_events()[4],
            ),
        ),
        sample(
            "two of three events held back by lost packets",
            timed_stream(
                [
                    (1850, good_events(2)[0][:-100]),
                    (2880, good_events(2)[0][-100:] + good_events(2)[1][:-100]),
                    (3650, good_events(2)[1][-100:] + good_events(2)[2]),
                ],
                end_ms=3651,
            ),
        ),
        sample("large events on a full line, parted by a radio that wakes every 300 ms", _woken(every_ms=300)),
        sample("held back in one run, not in another", _held(1), stream(*good_events())),
    ),
    fails=lambda: (
        sample("blank lines that come with the next event", _held(1)),
        sample("ends that stay in a buffer until the next event", _held(100)),
        sample("three events", _held(1, previews=2)),
        sample("large blocks that stay until the next event, longer than any radio sleeps", _woken(every_ms=500)),
        sample("held back in every run", _held(1), _held(2)),
        sample(
            "an end that comes a second after the last event's data",
            timed_stream(
                [
                    (500, good_events(2)[0][:-1]),
                    (1000, b"\n" + good_events(2)[1][:-1]),
                    (1500, b"\n" + good_events(2)[2][:-1]),
                    (2500, b"\n"),
                ],
                end_ms=2500,
            ),
        ),
    ),
)
def check(generations: tuple[Evidence, ...], options: Options) -> Iterator[Finding]:
    """Look at when each event's blank line came; most must show it, and none that it is not so."""
    judged = [item for item in generations if item.transcript.end.ending.is_clean]
    judged = [item for item in judged if len(item.events) >= options.least_events]
    if not judged:
        most = max(len(item.events) for item in generations)
        raise NotApplicable(f"fewer than {options.least_events} events in a stream that ended by itself: {most}")
    signs = [_sign(item, options) for item in judged]
    if Sign.NONE not in signs and signs.count(Sign.FAULT) > signs.count(Sign.UNCLEAR):
        generation = judged[signs.index(Sign.FAULT)]
        yield generation.finding(
            f"each of {len(generation.events)} events was whole only when the next began{of_runs(generations)}, the "
            "last one when the stream ended: expected each blank line with its event",
            event=generation.events[0],
            offset=generation.events[1].offset - 1,
        )


def _sign(generation: Evidence, options: Options) -> Sign:
    return held_until_next(
        generation,
        least_held=options.least_held,
        least_hold_ns=options.least_hold_milliseconds * NS_PER_MS,
        least_hold_share=options.least_hold_share,
        few_bytes=options.few_bytes,
        longest_sleep_ns=options.sleep_milliseconds * NS_PER_MS,
        end_after_ns=options.end_milliseconds * NS_PER_MS,
    )
