"""Counts of steps that no single generation makes.

Where undisturbed streams count their steps upwards from one place, a stream that mixes two generations shows it.
"""

from collections.abc import Sequence
from itertools import pairwise

from conformance.stream.evidence import Event, Evidence

__all__ = ["late_start", "returns_to_steps"]

_COUNTERS = ("step", "current_step")


def late_start(usual: Sequence[Evidence], stream: Evidence) -> tuple[Event, int, int] | None:
    """A count that begins late, falls back to where every other stream begins, and comes by its beginning again.

    Returns:
        The first event that counts, its step, and the step with which other streams begin; None where the count is in
        order, or where the usual counts are not.
    """
    start, counted = _usual_start(usual), _steps(stream)
    steps = [step for _, step in counted]
    if start is None or start not in steps or steps[0] <= start or steps[0] not in steps[steps.index(start) :]:
        return None
    return counted[0][0], steps[0], start


def returns_to_steps(usual: Sequence[Evidence], stream: Evidence) -> tuple[tuple[Event, int], ...]:
    """Where a count falls back to a step that was counted before, and not to the first one, as a second try does.

    One generation may start again, even where it stood; two that are mixed fall back again and again.

    Returns:
        The first event of each such step, with the step; nothing where the usual counts repeat steps themselves.
    """
    start, counted = _usual_start(usual, repeats=False), _steps(stream)
    if start is None:
        return ()
    seen: set[int] = set()
    found: dict[int, Event] = {}
    for (_, before), (event, step) in pairwise(counted):
        seen.add(before)
        if start < step <= before and step in seen:
            found.setdefault(step, event)
    return tuple((event, step) for step, event in found.items())


def _usual_start(usual: Sequence[Evidence], *, repeats: bool = True) -> int | None:
    """The step with which every undisturbed stream begins, where their counts only rise."""
    counts = [[step for _, step in counted] for evidence in usual if (counted := _steps(evidence))]
    starts = {steps[0] for steps in counts}
    is_rising = all(steps == sorted(steps if repeats else set(steps)) for steps in counts)
    return starts.pop() if len(starts) == 1 and is_rising else None


def _steps(evidence: Evidence) -> list[tuple[Event, int]]:
    counts = ((event, event.payload.members.get(name)) for event in evidence.events for name in _COUNTERS)
    return [(event, step) for event, step in counts if isinstance(step, int) and not isinstance(step, bool)]
