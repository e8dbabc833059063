"""When the parts of a stream arrived, and what that says of how they were sent.

A network bunches: two events sent 200 ms apart may arrive 5 ms apart. What it cannot do is bring a stream
faster than it was sent by more than the time it held something back, so rates are judged over whole streams.
"""

from bisect import bisect_left
from collections.abc import Sequence
from enum import Enum

from conformance.stream.evidence import Event, Evidence

__all__ = [
    "NS_PER_MS",
    "NS_PER_SECOND",
    "Sign",
    "asked_ns",
    "came_in_one_burst",
    "kept_to_the_end",
    "most_together",
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


def outpaces(instants_ns: Sequence[int], *, interval_ns: int, bunching_ns: int) -> bool:
    """Whether things were sent faster than one an interval, whatever the network did to them.

    Things sent at least an interval apart, of which none was held back for longer than ``bunching_ns`` more
    than another, take at least their intervals less that time to arrive.
    """
    return (len(instants_ns) - 1) * interval_ns > instants_ns[-1] - instants_ns[0] + bunching_ns


def most_together(instants_ns: Sequence[int], within_ns: int) -> int:
    """How many things at most came within that time; what one stall held back comes together when it is over."""
    return max(place - bisect_left(instants_ns, instant - within_ns) + 1 for place, instant in enumerate(instants_ns))
