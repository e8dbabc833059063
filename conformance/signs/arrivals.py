"""When the parts of a stream arrived, and what that says of how they were sent.

A network bunches: two events sent 200 ms apart may arrive 5 ms apart. What it cannot do is bring a stream
faster than it was sent by more than the time it held something back, so rates are judged over whole streams.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

from conformance.stream.evidence import Event, Evidence

__all__ = [
    "NS_PER_MS",
    "NS_PER_SECOND",
    "Sign",
    "asked_ns",
    "came_in_one_burst",
    "held_until_next",
    "kept_to_the_end",
    "of_runs",
    "outpaces",
    "shown_events",
    "starts_ns",
]

NS_PER_MS = 1_000_000
NS_PER_SECOND = 1_000_000_000
# A burst of many bytes takes a while on the way. On a slower link than this (100 Mbit/s) an honest stream of
# a fast model may fill the link without a pause, which looks like a burst.
_BURST_BYTES_PER_SECOND = 12_500_000


class Sign(Enum):
    """What one run shows of a fault that a network can both hide and feign."""

    FAULT = "fault"
    """The fault is seen."""
    NONE = "none"
    """Its absence is seen, which clears the other runs: what an endpoint does by nature it does in each."""
    UNCLEAR = "unclear"
    """Neither is seen."""


def asked_ns(evidence: Evidence) -> int:
    """When the request was fully sent, from which all waiting counts."""
    return evidence.transcript.phases.request_sent_ns or 0


def of_runs(generations: Sequence[Evidence]) -> str:
    """The words that follow a value taken from the best of several runs; none for a single run."""
    return f" in the best of {len(generations)} runs" if len(generations) > 1 else ""


def starts_ns(evidence: Evidence, events: Sequence[Event]) -> list[int]:
    """When the first byte of each event's first field arrived; comments before it are not the event's own."""
    fields = {block.offset: block.fields[0].offset for block in evidence.blocks if block.is_dispatched}
    return [evidence.stream.instant_ns(fields[event.offset]) for event in events]


def shown_events(evidence: Evidence, least_events: int) -> tuple[Event, ...]:
    """The events from the first picture on, where there are enough pictures; all of them where not."""
    pictures = [event.index for event in evidence.events if event.pictures]
    return evidence.events[pictures[0] :] if len(pictures) >= least_events else evidence.events


def came_in_one_burst(
    evidence: Evidence,
    events: Sequence[Event],
    *,
    longest_pause_ns: int = 5 * NS_PER_MS,
    longest_ns: int = 200 * NS_PER_MS,
) -> bool:
    """Whether each event began when the one before it had just ended, and all of them took next to no time.

    Args:
        evidence: The transcript.
        events: Successive events of it, at least one.
        longest_pause_ns: The longest pause between the end of one event and the start of the next.
        longest_ns: The longest time for all of them, beside the time that their bytes need.
    """
    starts = starts_ns(evidence, events)
    ends = [event.at_ns for event in events]
    size = sum(len(event.sse.data) for event in events)
    allowed_ns = longest_ns + size * NS_PER_SECOND // _BURST_BYTES_PER_SECOND
    pauses = (start - end for end, start in zip(ends, starts[1:], strict=False))
    return ends[-1] - starts[0] <= allowed_ns and all(pause <= longest_pause_ns for pause in pauses)


def kept_to_the_end(
    evidence: Evidence,
    events: Sequence[Event],
    *,
    largest_share: float = 0.05,
    longest_pause_ns: int = 5 * NS_PER_MS,
    longest_ns: int = 200 * NS_PER_MS,
) -> Sign:
    """Whether the events came in one burst that took at most this share of the time since the request.

    Events that took a larger share were not kept; a smaller share without a burst may be a slow line.
    """
    last_ns = events[-1].at_ns
    if (last_ns - events[0].at_ns) / (last_ns - asked_ns(evidence)) > largest_share:
        return Sign.NONE
    is_burst = came_in_one_burst(evidence, events, longest_pause_ns=longest_pause_ns, longest_ns=longest_ns)
    return Sign.FAULT if is_burst else Sign.UNCLEAR


def held_until_next(
    evidence: Evidence,
    *,
    least_held: int = 3,
    least_hold_ns: int = 50 * NS_PER_MS,
    least_hold_share: float = 0.7,
    longest_pause_ns: int = 5 * NS_PER_MS,
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
        longest_pause_ns: Things that are nearer to each other came together.
        end_after_ns: How soon after the last event the stream ends when the end is what released it.
    """
    events = evidence.events
    starts, ends = starts_ns(evidence, events), [event.at_ns for event in events]
    end_ns = evidence.transcript.end.at_ns
    prompt = sum(start - end > longest_pause_ns for end, start in zip(ends, starts[1:], strict=False))
    prompt += end_ns - ends[-1] > end_after_ns
    if prompt:
        # The network may part what was sent together, now and then.
        return Sign.NONE if prompt > len(events) // 4 else Sign.UNCLEAR
    reads = sorted({chunk.at_ns for chunk in evidence.stream.chunks if chunk.data})
    # An event that came whole, in one read with the end of the one before it, was held back with that one.
    lain = [(start, end) for start, end in zip(starts, ends, strict=True) if end - start > longest_pause_ns]
    least_ns = least_hold_ns + 1.5 * _round_trip_ns(evidence)
    held = sum(
        _waited_ns(reads, start, end, longest_pause_ns) >= max(least_ns, least_hold_share * (end - start))
        for start, end in lain
    )
    # One packet that is lost holds one event back; the last event need not have waited, if the stream ended at once.
    pictures = sum(bool(event.pictures) for event in events)
    least = max(least_held, (pictures - 1) / 2, 0.75 * (len(lain) - 1))
    return Sign.FAULT if held >= least else Sign.UNCLEAR


def _round_trip_ns(evidence: Evidence) -> int:
    """What the connection took to open, which is one round trip; 0 where it was open already."""
    phases = evidence.transcript.phases
    return (phases.connected_ns or 0) - (phases.resolved_ns or 0) if phases.connected_ns is not None else 0


def _waited_ns(reads_ns: Sequence[int], start_ns: int, end_ns: int, longest_pause_ns: int) -> int:
    """The last pause between the reads that an event came in; 0 where there was none."""
    own = reads_ns[bisect_left(reads_ns, start_ns) : bisect_right(reads_ns, end_ns)]
    pauses = [late - early for early, late in pairwise(own) if late - early > longest_pause_ns]
    return pauses[-1] if pauses else 0


def outpaces(instants_ns: Sequence[int], *, interval_ns: int, bunching_ns: int) -> bool:
    """Whether things were sent faster than one an interval, whatever the network did to them.

    Things sent at least an interval apart, of which none was held back for longer than ``bunching_ns`` more
    than another, take at least their intervals less that time to arrive.
    """
    return (len(instants_ns) - 1) * interval_ns > instants_ns[-1] - instants_ns[0] + bunching_ns
