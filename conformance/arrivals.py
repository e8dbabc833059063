"""When the parts of a stream arrived, and what that says of how they were sent.

A network bunches: two events sent 200 ms apart may arrive 5 ms apart. What it cannot do is bring a stream
faster than it was sent by more than the time it held something back, so rates are judged over whole streams.
"""

from collections.abc import Sequence

from conformance.evidence import Event, Evidence

__all__ = [
    "NS_PER_MS",
    "NS_PER_SECOND",
    "asked_ns",
    "came_at_the_end",
    "came_in_one_burst",
    "came_late_by_one",
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


def came_at_the_end(
    evidence: Evidence,
    events: Sequence[Event],
    *,
    largest_share: float = 0.05,
    longest_pause_ns: int = 5 * NS_PER_MS,
    longest_ns: int = 200 * NS_PER_MS,
) -> bool:
    """Whether the events came in one burst that took at most this share of the time since the request."""
    last_ns = events[-1].at_ns
    share = (last_ns - events[0].at_ns) / (last_ns - asked_ns(evidence))
    return share <= largest_share and came_in_one_burst(
        evidence, events, longest_pause_ns=longest_pause_ns, longest_ns=longest_ns
    )


def came_late_by_one(
    evidence: Evidence,
    *,
    least_hold_ns: int = 20 * NS_PER_MS,
    least_hold_share: float = 0.8,
    end_after_ns: int = 100 * NS_PER_MS,
) -> bool:
    """Whether each event was left lying until the next one, or the end of the stream, pushed it out.

    Args:
        evidence: The transcript, with at least two events.
        least_hold_ns: The shortest wait before the read that completed an event.
        least_hold_share: The least share that this wait has of the time since the event's first byte.
        end_after_ns: How soon after the last event the stream ends when the end is what released it.
    """
    events = evidence.events
    starts, ends = starts_ns(evidence, events), [event.at_ns for event in events]
    if ends[:-1] != starts[1:] or evidence.transcript.end.at_ns - ends[-1] > end_after_ns:
        return False
    # An event that came whole, in one read with the end of the one before it, was held back with that one.
    lain = [(start, end) for start, end in zip(starts[:-1], ends, strict=False) if start < end]
    return len(lain) > 1 and all(
        _waited_ns(evidence, start, end) >= max(least_hold_ns, least_hold_share * (end - start)) for start, end in lain
    )


def _waited_ns(evidence: Evidence, start_ns: int, end_ns: int) -> int:
    reads = (chunk.at_ns for chunk in evidence.stream.chunks if chunk.data)
    before = (at_ns for at_ns in reads if start_ns <= at_ns < end_ns)
    return end_ns - max(before, default=end_ns)


def outpaces(instants_ns: Sequence[int], *, interval_ns: int, bunching_ns: int) -> bool:
    """Whether things were sent faster than one an interval, whatever the network did to them.

    Things sent at least an interval apart, of which none was held back for longer than ``bunching_ns`` more
    than another, take at least their intervals less that time to arrive.
    """
    return (len(instants_ns) - 1) * interval_ns > instants_ns[-1] - instants_ns[0] + bunching_ns
