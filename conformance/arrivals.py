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
    "came_in_one_burst",
    "of_runs",
    "outpaces",
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


def outpaces(instants_ns: Sequence[int], *, interval_ns: int, bunching_ns: int) -> bool:
    """Whether things were sent faster than one an interval, whatever the network did to them.

    Things sent at least an interval apart, of which none was held back for longer than ``bunching_ns`` more
    than another, take at least their intervals less that time to arrive.
    """
    return (len(instants_ns) - 1) * interval_ns > instants_ns[-1] - instants_ns[0] + bunching_ns
