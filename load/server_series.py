"""What the server's side said, as lines over time: gauges as they are, counters as rates, summaries as means."""

from collections.abc import Sequence
from itertools import pairwise

from load.run import ServerSample

__all__ = ["Series", "server_series"]

Series = tuple[tuple[int, float], ...]
"""Instants in nanoseconds since the start of the run, each with a value."""

_NS_PER_SECOND = 1e9


def server_series(samples: Sequence[ServerSample]) -> dict[str, Series]:
    """Lines by name.

    A counter (``…_total``) becomes ``… per second`` between samples, and a pair ``…_sum`` and ``…_count`` the
    ``mean …`` of what was observed between samples. What a counter lost (its process was started anew) is left out.
    """
    raw = _by_name(samples)
    series: dict[str, Series] = {}
    for name, points in raw.items():
        base, _, labels = name.partition("{")
        rest = f"{{{labels}" if labels else ""
        if base.endswith("_total"):
            series[f"{base.removesuffix('_total')}{rest} per second"] = _rate(points)
        elif base.endswith("_sum") and (count := raw.get(f"{base.removesuffix('_sum')}_count{rest}")):
            series[f"mean {base.removesuffix('_sum')}{rest}"] = _mean(points, count)
        elif not base.endswith("_count"):
            series[name] = tuple(points)
    return series


def _by_name(samples: Sequence[ServerSample]) -> dict[str, list[tuple[int, float]]]:
    found: dict[str, list[tuple[int, float]]] = {}
    for sample in samples:
        for name, value in sample.values:
            found.setdefault(name, []).append((sample.at_ns, value))
    return found


def _rate(points: Sequence[tuple[int, float]]) -> Series:
    return tuple(
        (at_ns, (after - before) * _NS_PER_SECOND / (at_ns - earlier_ns))
        for (earlier_ns, before), (at_ns, after) in pairwise(points)
        if after >= before and at_ns > earlier_ns
    )


def _mean(sums: Sequence[tuple[int, float]], counts: Sequence[tuple[int, float]]) -> Series:
    before: dict[int, float] = dict(counts)
    found = []
    for (earlier_ns, earlier), (at_ns, later) in pairwise(sums):
        observed = before.get(at_ns, 0.0) - before.get(earlier_ns, 0.0)
        if observed > 0 and later >= earlier:
            found.append((at_ns, (later - earlier) / observed))
    return tuple(found)
