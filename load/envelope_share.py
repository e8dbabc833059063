"""What share of what its generator can measure a run used."""

from collections import Counter

from load.run import Run

__all__ = ["share_used"]

_NS_PER_SECOND = 1_000_000_000


def share_used(run: Run) -> float | None:
    """Which share of what a generator process can measure the run used in its busiest second; 1 is all of it.

    The busiest second of any worker is divided by the capacity: in events, or in bytes where these come closer to it.
    None for a run without events, or on a machine that was never calibrated.
    """
    envelope = run.fingerprint.envelope
    if envelope is None:
        return None
    capacity_bytes = envelope.capacity_per_second * envelope.event_bytes
    if not capacity_bytes:
        return None
    events: Counter[tuple[str, int]] = Counter()
    sizes: Counter[tuple[str, int]] = Counter()
    for row in run.rows:
        seconds = [(row.worker, at_ns // _NS_PER_SECOND) for at_ns in row.event_ns]
        events.update(seconds)
        for second in seconds:
            sizes[second] += row.body_bytes // len(seconds)
    if not events:
        return None
    return max(max(events.values()) / envelope.capacity_per_second, max(sizes.values()) / capacity_bytes)
