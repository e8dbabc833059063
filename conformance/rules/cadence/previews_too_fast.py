"""C05: previews are not sent faster than anybody can look at them."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.core.timing import in_seconds
from conformance.samples import good_events, stream, timed_stream
from conformance.signs.arrivals import (
    NS_PER_MS,
    NS_PER_SECOND,
    asked_ns,
    came_in_one_burst,
    most_together,
    of_runs,
    outpaces,
)
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How fast previews may come.

    Attributes:
        least_interval_milliseconds: Between two previews as they are sent.
        bunching_milliseconds: How much longer the network may hold back one preview than another.
        stall_milliseconds: How much longer it may do so once, when packets were lost or a machine was busy.
        least_total_seconds: A shorter stream, from the request to the last preview, may be a cached answer.
    """

    least_interval_milliseconds: int = 100
    bunching_milliseconds: int = 250
    stall_milliseconds: int = 900
    least_total_seconds: float = 1.0


def _paced(every_ms: int, previews: int = 20) -> Transcript:
    return stream(*good_events(previews), first_ms=1500, every_ms=every_ms)


def _at(*at_ms: int) -> Transcript:
    return timed_stream(zip(at_ms, good_events(len(at_ms) - 1), strict=True), end_ms=at_ms[-1] + 10)


@rule(
    id="C05",
    name="previews-too-fast",
    requirement="Previews are sent at least 100 ms apart.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="fal advises to throttle previews: each costs the GPU a decode and the reader a picture to paint, and "
    "nobody sees more than ten a second. A network bunches, so that two events sent 200 ms apart may arrive 5 ms "
    "apart, and a lost packet or a busy machine holds a whole row of them back once. So the rate over all previews "
    "must be too high by more than a stall of 900 ms explains, or it must be too high in the first half and in the "
    "second, each less 250 ms; and it must still be so without the longest row that arrived within 100 ms. The final "
    "event is exempt, and the best of several runs counts. Previews that are all there within a second of the request "
    "may come from a cache, which sends them as fast as it can.",
    consequence="The generation is slower, and a slow phone falls behind and shows previews after the final.",
    fix="Skip a preview while less than 100 ms have passed since the last one (time.monotonic()), or send every "
    "fifth step only.",
    requires=("C04",),
    options=Options(),
    passes=lambda: (
        sample("an event every half second", stream(*good_events())),
        sample("exactly 100 ms apart", _paced(100)),
        sample("sent 200 ms apart, arriving in pairs 5 ms apart", _at(200, 205, 600, 605, 1000, 1005, 1400)),
        sample("exactly 100 ms apart, the first held back by 240 ms", _at(1240, 1245, 1250, 1300, 1400, 1500, 1600)),
        sample(
            "exactly 100 ms apart, the first seven held back by a lost packet",
            _at(*[1600] * 7, 1700, 1800, 1900, 2000),
        ),
        sample(
            "exactly 100 ms apart, all but two of them held back by a packet lost twice over a satellite",
            _at(*[2600] * 13, 2640, 2740, 3000),
        ),
        sample("a final right after the last preview", _at(500, 600, 700, 800, 900, 901)),
        sample("three quick previews, which are too few", _at(1500, 1510, 1520, 1530)),
        sample("a cached answer, whose rate cannot be seen", stream(*good_events(20), first_ms=300, every_ms=0)),
        sample("a cached answer that takes 8 ms an event", stream(*good_events(20), first_ms=30, every_ms=8)),
    ),
    fails=lambda: (
        sample("one event a step at 100 Hz", _paced(10, previews=50)),
        sample("twenty previews 50 ms apart", _paced(50)),
        sample("too fast in every run", _paced(10), _paced(40)),
    ),
)
def check(generations: tuple[Evidence, ...], options: Options) -> Iterator[Finding]:
    """Judge the rate over all previews of each run; one run that is slow enough clears the rest."""
    interval_ns, bunching_ns = (
        options.least_interval_milliseconds * NS_PER_MS,
        options.bunching_milliseconds * NS_PER_MS,
    )
    least = bunching_ns // interval_ns + 2
    judged = [item for item in generations if len(item.previews) >= least]
    if not judged:
        raise NotApplicable(f"fewer than {least} previews: {max(len(item.previews) for item in generations)}")
    slow = [item for item in judged if not _may_be_cached(item, options)]
    if not slow:
        lasted = in_seconds(max(map(_last_preview_ns, judged)))
        raise NotApplicable(
            f"shorter than {options.least_total_seconds:g} s from the request to the last preview: {lasted:.2f} s"
        )
    seen = [item for item in slow if not came_in_one_burst(item, _stretch(item))]
    if not seen:
        raise NotApplicable("all previews came in one burst, in which their rate cannot be seen")
    instants = [[event.at_ns for event in item.previews] for item in seen]
    if all(_is_too_fast(each, options) for each in instants):
        slowest = max(range(len(seen)), key=lambda index: _mean_ns(instants[index]))
        yield seen[slowest].finding(
            f"{len(instants[slowest])} previews came in {in_seconds(instants[slowest][-1] - instants[slowest][0]):.2f} "
            f"s, one every {_mean_ns(instants[slowest]) / NS_PER_MS:.0f} ms{of_runs(generations)}, expected one every "
            f"{options.least_interval_milliseconds} ms at most",
            event=seen[slowest].previews[0],
        )


def _is_too_fast(instants_ns: list[int], options: Options) -> bool:
    """Whether the rate is more than one stall makes: too fast by far, or too fast in the first half and the second."""
    interval_ns, bunching_ns = (
        options.least_interval_milliseconds * NS_PER_MS,
        options.bunching_milliseconds * NS_PER_MS,
    )
    # A stall over a satellite may be long enough for all of that, but what it held back came together.
    together = most_together(instants_ns, interval_ns) - 1
    if not outpaces(instants_ns, interval_ns=interval_ns, bunching_ns=bunching_ns + together * interval_ns):
        return False
    middle = len(instants_ns) // 2
    return outpaces(instants_ns, interval_ns=interval_ns, bunching_ns=options.stall_milliseconds * NS_PER_MS) or all(
        outpaces(half, interval_ns=interval_ns, bunching_ns=bunching_ns)
        for half in (instants_ns[: middle + 1], instants_ns[middle:])
    )


def _may_be_cached(generation: Evidence, options: Options) -> bool:
    return _last_preview_ns(generation) < options.least_total_seconds * NS_PER_SECOND


def _last_preview_ns(generation: Evidence) -> int:
    return generation.previews[-1].at_ns - asked_ns(generation)


def _stretch(generation: Evidence) -> tuple[Event, ...]:
    previews = generation.previews
    return generation.events[previews[0].index : previews[-1].index + 1]


def _mean_ns(instants_ns: list[int]) -> float:
    return (instants_ns[-1] - instants_ns[0]) / (len(instants_ns) - 1)
