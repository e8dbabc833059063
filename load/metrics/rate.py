"""How fast something was made in the steady window, from the spans of time in which it was made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from load.estimate import Estimate, mean_estimate
from load.metrics.metric import seconds_between

__all__ = ["Span", "rate_in_window"]

_BLOCKS = 10


@dataclass(frozen=True, slots=True)
class Span:
    """An amount of something, made evenly from one instant to another.

    Attributes:
        start_ns: When it was begun.
        end_ns: When it was there; the same instant where it came at once.
        amount: How much.
    """

    start_ns: int
    end_ns: int
    amount: float = 1.0


def rate_in_window(
    spans: Iterable[Span], window_ns: tuple[int, int], held_back_ns: Sequence[tuple[int, int]] = ()
) -> Estimate | None:
    """What was made inside the window, per second; None for an empty window.

    A span that lies across an edge counts by the share of it that is inside, so that a short run is not off by
    the pictures that its last second cut. The interval is that of batch means: the window is cut into ten blocks
    (Law, Simulation Modeling and Analysis, 5th ed., section 9.5.3).

    Args:
        spans: What was made.
        window_ns: From when to when it counts.
        held_back_ns: When nothing was to be made, from when to when; that time does not count.
    """
    start_ns, end_ns = window_ns
    if end_ns <= start_ns:
        return None
    spans = tuple(spans)
    edges = [start_ns + (end_ns - start_ns) * block // _BLOCKS for block in range(_BLOCKS + 1)]
    rates = [_rate(spans, edges[block], edges[block + 1], held_back_ns) for block in range(_BLOCKS)]
    batches = mean_estimate(rates)
    return Estimate(
        value=_rate(spans, start_ns, end_ns, held_back_ns),
        low=None if batches.low is None else max(0.0, batches.low),
        high=batches.high,
        streams=sum(_share(span, start_ns, end_ns) > 0 for span in spans),
    )


def _rate(spans: Iterable[Span], start_ns: int, end_ns: int, held_back_ns: Iterable[tuple[int, int]]) -> float:
    idle_ns = sum(max(0, min(end, end_ns) - max(start, start_ns)) for start, end in held_back_ns)
    seconds = seconds_between(start_ns, end_ns - idle_ns)
    return sum(span.amount * _share(span, start_ns, end_ns) for span in spans) / seconds if seconds > 0 else 0.0


def _share(span: Span, start_ns: int, end_ns: int) -> float:
    if span.end_ns <= span.start_ns:
        return float(start_ns <= span.end_ns < end_ns)
    inside_ns = min(span.end_ns, end_ns) - max(span.start_ns, start_ns)
    return max(0, inside_ns) / (span.end_ns - span.start_ns)
