"""Durations computed from a transcript; this module never reads a clock.

``gap`` is the silence between two arrivals of any bytes, comments included, since that is what keeps a
connection alive (WHATWG HTML, section 9.2.7).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from conformance.core.transcript import Transcript

__all__ = ["StreamTimings", "gaps_ns", "in_seconds", "quantile"]

_NS_PER_SECOND = 1_000_000_000


def in_seconds(duration_ns: int) -> float:
    """Nanoseconds as seconds."""
    return duration_ns / _NS_PER_SECOND


def gaps_ns(instants_ns: Sequence[int]) -> list[int]:
    """Differences between successive instants."""
    return [later - earlier for earlier, later in pairwise(instants_ns)]


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least ``share`` of them do not exceed (nearest rank).

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("a quantile needs at least one value")
    ranked = sorted(values)
    # ceil(share * count) would be one rank off where the product is rounded: 0.07 of 100 values is 7.000…01.
    return ranked[bisect_left(range(1, len(ranked)), share, key=lambda rank: rank / len(ranked))]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTimings:
    """Where the time of one exchange went, in seconds from the start of the request.

    Attributes:
        resolve_seconds: Name resolution.
        connect_seconds: TCP connect, name resolution excluded.
        tls_seconds: TLS handshake.
        head_seconds: From the request fully sent to the response head.
        first_byte_seconds: From the start to the first body byte.
        first_event_seconds: From the request fully sent to the first event.
        first_preview_seconds: From the request fully sent to the first event that carries a picture (TTFP).
        last_event_seconds: From the request fully sent to the last event.
        tail_seconds: From the last event to the end of the stream.
        total_seconds: The whole exchange.
        longest_gap_seconds: Longest silence from the head to the end, comments counted as sound.
    """

    total_seconds: float
    resolve_seconds: float | None = None
    connect_seconds: float | None = None
    tls_seconds: float | None = None
    head_seconds: float | None = None
    first_byte_seconds: float | None = None
    first_event_seconds: float | None = None
    first_preview_seconds: float | None = None
    last_event_seconds: float | None = None
    tail_seconds: float | None = None
    longest_gap_seconds: float | None = None

    @classmethod
    def of(
        cls,
        transcript: Transcript,
        *,
        event_instants_ns: Sequence[int] = (),
        first_preview_ns: int | None = None,
    ) -> "StreamTimings":
        """Compute the timings of a transcript.

        Args:
            transcript: The exchange.
            event_instants_ns: When each event was dispatched.
            first_preview_ns: When the first event with a picture was dispatched.
        """
        phases, end_ns = transcript.phases, transcript.end.at_ns
        sent_ns = phases.request_sent_ns
        arrivals = [chunk.at_ns for chunk in transcript.chunks]
        if phases.head_ns is not None:
            arrivals = [phases.head_ns, *arrivals, end_ns]
        last_ns = event_instants_ns[-1] if event_instants_ns else None
        return cls(
            total_seconds=in_seconds(end_ns),
            resolve_seconds=_between(0, phases.resolved_ns),
            connect_seconds=_between(phases.resolved_ns, phases.connected_ns),
            tls_seconds=_between(phases.connected_ns, phases.tls_ns),
            head_seconds=_between(sent_ns, phases.head_ns),
            first_byte_seconds=_between(0, transcript.chunks[0].at_ns if transcript.chunks else None),
            first_event_seconds=_between(sent_ns, event_instants_ns[0] if event_instants_ns else None),
            first_preview_seconds=_between(sent_ns, first_preview_ns),
            last_event_seconds=_between(sent_ns, last_ns),
            tail_seconds=_between(last_ns, end_ns),
            longest_gap_seconds=in_seconds(max(gaps_ns(arrivals))) if len(arrivals) > 1 else None,
        )


def _between(start_ns: int | None, end_ns: int | None) -> float | None:
    return None if start_ns is None or end_ns is None else in_seconds(end_ns - start_ns)
