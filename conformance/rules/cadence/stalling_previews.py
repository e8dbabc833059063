"""C06: previews keep coming."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.core.timing import gaps_ns, in_seconds, quantile
from conformance.samples import good_events, stream, timed_stream
from conformance.signs.arrivals import NS_PER_SECOND, of_runs
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding

_SHARE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How long one preview may stand.

    Attributes:
        gap_limit_seconds: The 95th percentile of the gaps between previews.
        least_previews: With fewer previews than this there is no cadence.
    """

    gap_limit_seconds: float = 10.0
    least_previews: int = 3


def _at(*at_s: float, pings_s: tuple[float, ...] = (), head_ms: int = 20) -> Transcript:
    events = zip(at_s, good_events(len(at_s) - 1), strict=True)
    timed = sorted([*events, *((at, b": ping\n\n") for at in pings_s)], key=lambda entry: entry[0])
    pieces = [(int(at * 1000), piece) for at, piece in timed]
    return timed_stream(pieces, end_ms=pieces[-1][0] + 10, head_ms=head_ms)


@rule(
    id="C06",
    name="stalling-previews",
    requirement="95 of 100 gaps between previews are shorter than 10 s.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="A preview that does not change for 10 s looks like a hung page, even where comments keep the "
    "connection open. The wait before the first preview is C02's, the one before the final may be an upscale or an "
    "upload, and a stream without any bytes for longer is C03's. The best of several runs is judged.",
    consequence="People think that the generation hangs, reload the page and pay for a second one.",
    fix="Send a preview every few seconds of computing rather than every few steps, and keep slow work (an upload, a "
    "second model) off the path between two previews.",
    requires=("C03",),
    options=Options(),
    passes=lambda: (
        sample("an event every half second", stream(*good_events())),
        sample("a long wait before the first preview", _at(25, 26, 27, 28, head_ms=9000)),
        sample("a long wait before the final", _at(1, 2, 3, 18)),
        sample("one stall in twenty gaps", _at(*range(1, 12), *range(24, 36))),
        sample("a stall in one of two runs", _at(1, 2, 14, 15), _at(1, 2, 3, 4)),
        sample("two previews, which have no cadence", _at(1, 13, 14)),
    ),
    fails=lambda: (
        sample("a stall of 12 s", _at(1, 2, 14, 15)),
        sample("a preview every 30 s, with comments between", _at(1, 31, 61, 91, pings_s=(16, 46, 76))),
        sample("a stall in every run", _at(1, 2, 14, 15), _at(1, 13, 14, 15)),
    ),
)
def check(generations: tuple[Evidence, ...], options: Options) -> Iterator[Finding]:
    """Take the smallest of the runs' 95th percentiles."""
    judged = [item for item in generations if len(item.previews) >= options.least_previews]
    if not judged:
        most = max(len(item.previews) for item in generations)
        raise NotApplicable(f"fewer than {options.least_previews} previews: {most}")
    generation = min(judged, key=_percentile_ns)
    percentile_ns = _percentile_ns(generation)
    if percentile_ns > options.gap_limit_seconds * NS_PER_SECOND:
        longest_ns, after = _longest_gap(generation.previews)
        yield generation.finding(
            f"the 95th percentile of {len(generation.previews) - 1} gaps between previews is "
            f"{in_seconds(int(percentile_ns)):.1f} s{of_runs(generations)}, the longest {in_seconds(longest_ns):.1f} s "
            f"before this one, expected at most {options.gap_limit_seconds:g} s",
            event=after,
        )


def _percentile_ns(generation: Evidence) -> float:
    return quantile(gaps_ns([event.at_ns for event in generation.previews]), _SHARE)


def _longest_gap(previews: tuple[Event, ...]) -> tuple[int, Event]:
    return max(((late.at_ns - early.at_ns, late) for early, late in pairwise(previews)), key=lambda gap: gap[0])
