"""Events that lie somewhere until the next one pushes them out, and networks that seem to do the same.

A network that delivers by a clock of its own (a radio that sleeps) parts events as well, each of them on a line that
is full. It parts them anywhere, and no sleep is long; what is left lying of an event is the same few bytes each time,
or what does not fill a block, and waits for the next event however long that takes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from conformance.signs.arrivals import NS_PER_MS, Sign, starts_ns
from conformance.stream.evidence import Evidence

__all__ = ["held_until_next", "was_parted"]

_LONGEST_PAUSE_NS = 5 * NS_PER_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parting:
    """How an event came whose bytes did not come together.

    Attributes:
        lasted_ns: From its first byte to its last.
        waited_ns: The last pause in that time; 0 where bytes kept coming.
        left_bytes: How much of it came after that pause.
    """

    lasted_ns: int
    waited_ns: int
    left_bytes: int


def held_until_next(
    evidence: Evidence,
    *,
    least_held: int = 3,
    least_hold_ns: int = 50 * NS_PER_MS,
    least_hold_share: float = 0.7,
    few_bytes: int = 4096,
    longest_sleep_ns: int = 350 * NS_PER_MS,
    end_after_ns: int = 100 * NS_PER_MS,
) -> Sign:
    """Whether each event was left lying until the next one, or the end of the stream, pushed it out.

    An event that was whole well before the next began was not left lying. One that ended as the next began
    was, where nothing came of it for most of the time between: on a line that is merely full, its bytes keep coming.

    Args:
        evidence: The transcript, with at least two events.
        least_held: Fewer events than this that were left lying may be a coincidence.
        least_hold_ns: The shortest wait of an event that was left lying, beside one and a half round trips: for as
            long the server's own TCP may keep the end of an event (Nagle's algorithm, a delayed acknowledgement).
        least_hold_share: The least share that this wait has of the time since the event's first byte.
        few_bytes: A usual block of a buffer: what is left lying of an event is seldom more, what a radio leaves is.
        longest_sleep_ns: The shortest wait, beside one and a half round trips, of an event of which more was left.
        end_after_ns: How soon after the last event the stream ends when the end is what released it.
    """
    events = evidence.events
    starts, ends = starts_ns(evidence, events), [event.at_ns for event in events]
    prompt = sum(start - end > _LONGEST_PAUSE_NS for end, start in zip(ends, starts[1:], strict=False))
    prompt += evidence.transcript.end.at_ns - ends[-1] > end_after_ns
    if prompt:
        # The network may part what was sent together, now and then.
        return Sign.NONE if prompt > len(events) // 4 else Sign.UNCLEAR
    # An event that came whole, in one read with the end of the one before it, was held back with that one.
    partings = list(_partings(evidence))
    held = 0
    for parting in partings:
        least_ns = least_hold_ns if parting.left_bytes <= few_bytes else max(least_hold_ns, longest_sleep_ns)
        held += _has_waited(parting, evidence, least_ns, least_hold_share)
    # One packet that is lost holds one event back; the last event need not have waited, if the stream ended at once.
    pictures = sum(bool(event.pictures) for event in events)
    least = max(least_held, (pictures - 1) / 2, 0.75 * (len(partings) - 1))
    return Sign.FAULT if held >= least else Sign.UNCLEAR


def was_parted(evidence: Evidence, *, least_wait_ns: int = 50 * NS_PER_MS) -> bool:
    """Whether the network, or whoever, parted any event by a pause of that time and one and a half round trips."""
    return any(_has_waited(parting, evidence, least_wait_ns, 0.0) for parting in _partings(evidence))


def _partings(evidence: Evidence) -> Iterator[_Parting]:
    """The events whose first byte and last byte did not come together."""
    offsets: dict[int, int] = {}
    offset = 0
    for chunk in evidence.stream.chunks:
        if chunk.data:
            offsets.setdefault(chunk.at_ns, offset)
        offset += len(chunk.data)
    reads, stops = sorted(offsets), {block.offset: block.end for block in evidence.blocks}
    for start, event in zip(starts_ns(evidence, evidence.events), evidence.events, strict=True):
        if event.at_ns - start <= _LONGEST_PAUSE_NS:
            continue
        own = reads[bisect_left(reads, start) : bisect_right(reads, event.at_ns)]
        pauses = [(early, late) for early, late in pairwise(own) if late - early > _LONGEST_PAUSE_NS]
        early, late = pauses[-1] if pauses else (start, start)
        yield _Parting(
            lasted_ns=event.at_ns - start, waited_ns=late - early, left_bytes=stops[event.offset] - offsets[late]
        )


def _has_waited(parting: _Parting, evidence: Evidence, least_ns: int, least_share: float) -> bool:
    return parting.waited_ns >= max(least_ns + 1.5 * _round_trip_ns(evidence), least_share * parting.lasted_ns)


def _round_trip_ns(evidence: Evidence) -> int:
    """What the connection took to open, which is one round trip; 0 where it was open already."""
    phases = evidence.transcript.phases
    return (phases.connected_ns or 0) - (phases.resolved_ns or 0) if phases.connected_ns is not None else 0
