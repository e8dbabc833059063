"""C08: heartbeats are sent now and then, not all the time."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.core.timing import in_seconds
from conformance.samples import event, final, good_events, preview, stream, timed_stream
from conformance.signs.arrivals import NS_PER_MS, NS_PER_SECOND, of_runs, outpaces
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_PING = b": ping\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How fast heartbeats may come.

    Attributes:
        least_interval_seconds: Between two heartbeats as they are sent.
        bunching_seconds: How much longer the network may hold back one heartbeat than another.
        least_heartbeats: Fewer than this are no rate.
        least_span_seconds: Nor are those that all came within this time.
        beside_milliseconds: A comment as near as this to an event is not a heartbeat.
    """

    least_interval_seconds: float = 1.0
    bunching_seconds: float = 2.0
    least_heartbeats: int = 5
    least_span_seconds: float = 2.0
    beside_milliseconds: int = 50


def _pinged(every_ms: int, lasting_ms: int = 4000) -> Transcript:
    events = [(50 + lasting_ms * share // 4, piece) for share, piece in enumerate(good_events())]
    pings = [(at_ms, _PING) for at_ms in range(200, lasting_ms, every_ms)]
    return timed_stream(sorted([*events, *pings], key=lambda entry: entry[0]), end_ms=lasting_ms + 100)


def _commented(previews: int, every_ms: int) -> Transcript:
    pieces = [event(preview(step, previews)) for step in range(1, previews + 1)]
    timed = [(500 + every_ms * index, piece) for index, piece in enumerate([*pieces, event(final())])]
    beside = [(at_ms - 10, b": step\n") for at_ms, _ in timed]
    return timed_stream(sorted([*timed, *beside], key=lambda entry: entry[0]), end_ms=timed[-1][0] + 10)


@rule(
    id="C08",
    name="heartbeats-too-fast",
    requirement="Heartbeat comments are sent no faster than one a second.",
    level=Level.SHOULD,
    basis=Basis.STANDARD,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes",
    rationale="The standard advises a comment about every 15 s; anything between 1 s and that keeps a connection "
    "open (too few are C03's). A loop that polls a queue with a short timeout and writes a comment each time is the "
    "usual cause. The rate over all heartbeats counts, less 2 s that the network may have held some back, in the "
    "best of the runs that last long enough to show one. "
    "Comments in the same breath as an event are not heartbeats.",
    consequence="Each comment wakes the reader, its radio and every proxy on the way, for nothing.",
    fix="Send a comment only when nothing was sent for 15 s, and poll the queue without writing anything.",
    requires=("S04",),
    options=Options(),
    passes=lambda: (
        sample("a comment every two seconds", _pinged(2000, lasting_ms=12_000)),
        sample("exactly one a second", _pinged(1000, lasting_ms=10_000)),
        sample("a comment beside every event, five events a second", _commented(20, every_ms=200)),
        sample(
            "a padding of many comments at the start",
            timed_stream(
                [
                    *((100 + index, b":" + b" " * 256 + b"\n") for index in range(20)),
                    *((500 + 500 * index, piece) for index, piece in enumerate(good_events())),
                ],
                end_ms=2510,
            ),
        ),
        sample(
            "one a second, ten of them held back by the network",
            timed_stream(
                sorted(
                    [
                        *((at_ms, _PING) for at_ms in range(1500, 9000, 1000)),
                        *((18_400 + index, _PING) for index in range(10)),
                        *((4000 * index, piece) for index, piece in enumerate(good_events(), start=1)),
                    ],
                    key=lambda entry: entry[0],
                ),
                end_ms=20_010,
            ),
        ),
        sample("no comments", stream(*good_events())),
    ),
    fails=lambda: (
        sample("fifty a second", _pinged(20)),
        sample("two a second for ten seconds", _pinged(500, lasting_ms=10_000)),
        sample("too fast in every run", _pinged(20), _pinged(100)),
        sample("too fast in the only run that is long enough to tell", _pinged(250), stream(*good_events())),
    ),
)
def check(generations: tuple[Evidence, ...], options: Options) -> Iterator[Finding]:
    """Judge the rate over all heartbeats of each run that shows one; one that is slow enough clears the rest."""
    beating = [(item, _heartbeats_ns(item, options)) for item in generations]
    most = max(len(beats) for _, beats in beating)
    if most < options.least_heartbeats:
        raise NotApplicable(f"fewer than {options.least_heartbeats} heartbeats: {most}")
    judged = [(item, beats) for item, beats in beating if _shows_rate(item, beats, options)]
    if all(_is_too_fast(beats, options) for _, beats in judged):
        generation, beats = judged[0]
        yield generation.finding(
            f"{len(beats)} heartbeats came in {in_seconds(beats[-1] - beats[0]):.1f} s{of_runs(generations)}, expected "
            f"no more than one every {options.least_interval_seconds:g} s",
            offset=next(line.offset for line in generation.lines if line.is_comment),
        )


def _shows_rate(generation: Evidence, beats_ns: list[int], options: Options) -> bool:
    """Whether there are enough heartbeats, or was time for them at the rate that is allowed."""
    lasted_ns = generation.transcript.end.at_ns - (generation.transcript.phases.head_ns or 0)
    needed_ns = options.least_heartbeats * options.least_interval_seconds * NS_PER_SECOND
    return len(beats_ns) >= options.least_heartbeats or lasted_ns >= needed_ns


def _is_too_fast(beats_ns: list[int], options: Options) -> bool:
    if len(beats_ns) < options.least_heartbeats:
        return False
    is_sustained = beats_ns[-1] - beats_ns[0] >= options.least_span_seconds * NS_PER_SECOND
    return is_sustained and outpaces(
        beats_ns,
        interval_ns=int(options.least_interval_seconds * NS_PER_SECOND),
        bunching_ns=int(options.bunching_seconds * NS_PER_SECOND),
    )


def _heartbeats_ns(generation: Evidence, options: Options) -> list[int]:
    """When comments came that were not beside an event; those of one read are one heartbeat."""
    stream_, lines = generation.stream, generation.lines
    fields = [line for line in lines if not line.is_comment and not line.is_blank]
    busy = sorted({stream_.instant_ns(at) for line in fields for at in (line.offset, line.end - 1)})
    beats = sorted({stream_.instant_ns(line.end - 1) for line in lines if line.is_comment})
    beside_ns = options.beside_milliseconds * NS_PER_MS
    return [beat for beat in beats if _nearest_ns(busy, beat) > beside_ns]


def _nearest_ns(sorted_ns: list[int], instant_ns: int) -> int:
    place = bisect_left(sorted_ns, instant_ns)
    around = sorted_ns[max(place - 1, 0) : place + 1]
    return min((abs(instant_ns - other) for other in around), default=NS_PER_SECOND)
