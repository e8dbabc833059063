"""How a stream was delivered to a client that asks in another way, compared with how it came at first.

What a layer in between does to answers of one kind, compressed ones say, shows only there; what it does to all of
them is for other rules.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.catalogue import NotApplicable
from conformance.core.timing import in_seconds
from conformance.signs.arrivals import (
    NS_PER_MS,
    NS_PER_SECOND,
    Sign,
    asked_ns,
    kept_to_the_end,
    shown_events,
)
from conformance.signs.holding import held_until_next, was_parted
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding

__all__ = ["DeliveryOptions", "held_back", "is_cut"]

_LONGEST_SLEEP_NS = 350 * NS_PER_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOptions:
    """When a stream can be said to have been held back.

    Attributes:
        least_events: With fewer events than this there is nothing to spread.
        least_total_seconds: A shorter stream, from the request to the last event, may be that quick.
        least_spread_seconds: A network may hold all events back that otherwise come within a shorter time.
    """

    least_events: int = 3
    least_total_seconds: float = 1.0
    least_spread_seconds: float = 1.5


def held_back(evidence: Evidence, generation: Evidence, *, how: str, options: DeliveryOptions) -> Iterator[Finding]:
    """Look for events that were kept to the end, or each until the next, and were not so at first.

    Args:
        evidence: The stream that was asked for in another way.
        generation: The stream as it came at first.
        how: What is special about the other way, as a finding begins: ``over HTTP/2``.
        options: When it can be judged.

    Raises:
        NotApplicable: There are too few events, or too little time.
    """
    events = shown_events(evidence, options.least_events)
    if len(events) < options.least_events:
        raise NotApplicable(f"fewer than {options.least_events} events: {len(events)}")
    last_ns = events[-1].at_ns
    waited_ns = last_ns - asked_ns(evidence)
    if waited_ns <= options.least_total_seconds * NS_PER_SECOND:
        raise NotApplicable(f"shorter than {options.least_total_seconds:g} s: {in_seconds(waited_ns):.2f} s")
    is_spread = _spread_seconds(shown_events(generation, options.least_events)) >= options.least_spread_seconds
    if is_spread and kept_to_the_end(evidence, events) is Sign.FAULT:
        yield evidence.finding(
            f"{how}, {len(events)} events came within {(last_ns - events[0].at_ns) // NS_PER_MS} ms, "
            f"{in_seconds(waited_ns):.1f} s after the request, expected them as early as without it",
            event=events[0],
        )
        return
    # A line that parts no event without this is no radio that sleeps, whatever is left lying of them with it.
    longest_sleep_ns = _LONGEST_SLEEP_NS if was_parted(generation) else 0
    held = held_until_next(evidence, longest_sleep_ns=longest_sleep_ns)
    if held is Sign.FAULT and held_until_next(generation) is Sign.NONE:
        yield evidence.finding(
            f"{how}, each of {len(evidence.events)} events was whole only when the next began, expected a flush after "
            "each event",
            event=evidence.events[0],
        )


def is_cut(evidence: Evidence) -> bool:
    """Whether the stream ends in the middle of an event."""
    return bool(evidence.blocks) and evidence.blocks[-1].blank is None


def _spread_seconds(events: Sequence[Event]) -> float:
    return in_seconds(events[-1].at_ns - events[0].at_ns) if events else 0.0
