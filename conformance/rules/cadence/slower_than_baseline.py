"""C09: an endpoint has not become slower than a baseline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Transcript
from conformance.core.timing import in_seconds
from conformance.probing.endpoint import is_fal_host
from conformance.samples import answer, event, final, good_events, stream
from conformance.signs.arrivals import NS_PER_MS, asked_ns
from conformance.signs.slowdown import slowdown
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding
from conformance.stream.payload import Json

_SHOWN_CHARACTERS = 40
# How often a bound may be wrong: each of the two measures once in two hundred checks, so that both stay below 1 %.
_ERROR_RATE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What counts as a regression.

    Attributes:
        tolerated_factor: How many times as long as in the baseline it may take.
        least_slowdown_milliseconds: A smaller difference of the medians is none.
        least_runs: Finished generations needed, here and in the baseline.
    """

    tolerated_factor: float = 1.25
    least_slowdown_milliseconds: int = 50
    least_runs: int = 5


def _runs(
    count: int = 5, *, first_ms: int = 500, every_ms: int = 500, payload: dict[str, Json] | None = None
) -> tuple[Transcript, ...]:
    """Generations that differ by a few milliseconds, as they do."""
    late = [7 * (index * 3 % 5) for index in range(count)]
    return tuple(stream(*good_events(), first_ms=first_ms + ms, every_ms=every_ms, payload=payload) for ms in late)


def _without_previews(first_ms: int) -> tuple[Transcript, ...]:
    return tuple(stream(event(final()), first_ms=first_ms + 3 * index) for index in range(5))


@rule(
    id="C09",
    name="slower-than-baseline",
    requirement="First preview and final picture take no more than 1.25 times (`tolerated_factor`) as long as in the "
    "baseline.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://doi.org/10.1214/aoms/1177704172",
    rationale="An endpoint that keeps every limit can still have become twice as slow. Durations are noisy, so what is "
    "compared is a lower bound of the factor (Hodges and Lehmann's estimator on logarithms, with the exact "
    "distribution of Mann and Whitney's U), which is too high in one of two hundred checks whatever the noise is; with "
    "five runs on either side every run must be slower than every run of the baseline by the factor. It knows nothing "
    "of noise that lasts: a baseline from another region, another GPU or a busier hour is another endpoint. Runs that "
    "failed do not count, seeds may differ. Gaps between previews are not compared, since the final picture comes "
    "after all of them. A SHOULD, since how slow is too slow is the owner's affair; for a precise comparison ask both "
    "versions in turn, many times.",
    consequence="Users of every client wait longer than they did with the last version.",
    fix="Compare what changed: steps, scheduler, how often and how previews are decoded, the machine type; check both "
    "versions again with more runs (`--repeat 10`) and `--warm-up`.",
    requires=("S04",),
    options=Options(),
    passes=lambda: (
        sample("as fast as before", *_runs(), baseline=_runs()),
        sample("a fifth slower", *_runs(first_ms=600, every_ms=600), baseline=_runs()),
        sample("faster", *_runs(), baseline=_runs(first_ms=2000, every_ms=900)),
        sample(
            "one slow run, as after a cold start",
            *_runs(4),
            *_runs(1, first_ms=20_000),
            baseline=_runs(),
        ),
        sample(
            "slow runs on both sides, as on a shared machine",
            *_runs(5),
            *_runs(3, first_ms=4000),
            baseline=(*_runs(4), *_runs(3, first_ms=3000)),
        ),
        sample("twice as slow, by a few milliseconds", *_runs(first_ms=60), baseline=_runs(first_ms=25)),
        sample("no baseline", *_runs()),
        sample("twice as slow, in too few runs to tell", *_runs(4, first_ms=1000), baseline=_runs()),
        sample("a baseline of too few runs", *_runs(first_ms=1000), baseline=_runs(4)),
        sample(
            "more steps than the baseline was asked for",
            *_runs(first_ms=1000, payload={"prompt": "a red disc", "num_inference_steps": 40}),
            baseline=_runs(payload={"prompt": "a red disc", "num_inference_steps": 20}),
        ),
        sample(
            "another seed",
            *_runs(payload={"prompt": "a red disc", "seed": 1}),
            baseline=_runs(payload={"prompt": "a red disc", "seed": 2}),
        ),
        sample(
            "a baseline that was refused",
            *_runs(first_ms=1000),
            baseline=tuple(answer("generation", 503, {"detail": "busy"}) for _ in range(5)),
        ),
        sample(
            "a baseline whose generations were cut off",
            *_runs(first_ms=1000),
            baseline=tuple(stream(*good_events()[:2], ending=Ending.TRUNCATED) for _ in range(5)),
        ),
    ),
    fails=lambda: (
        sample("a late first preview", *_runs(first_ms=1500, every_ms=500), baseline=_runs()),
        sample("a late final picture", *_runs(every_ms=900), baseline=_runs()),
        sample("all of it twice as slow", *_runs(8, first_ms=1000, every_ms=1000), baseline=_runs(8)),
        sample(
            "half as slow again, but for one run in ten",
            *_runs(9, first_ms=800, every_ms=800),
            *_runs(1),
            baseline=_runs(10),
        ),
        sample("a late picture without previews", *_without_previews(900), baseline=_without_previews(400)),
    ),
)
def check(
    generations: tuple[Evidence, ...], baseline_generations: tuple[Evidence, ...], options: Options
) -> Iterator[Finding]:
    """Compare each duration's lower bound with the factor."""
    runs, before = _finished(generations), _finished(baseline_generations)
    if min(len(runs), len(before)) < options.least_runs:
        raise NotApplicable(
            f"fewer than {options.least_runs} finished generations here or in the baseline: {len(runs)} and "
            f"{len(before)} (--repeat {options.least_runs})"
        )
    for other in (*before, *runs[1:]):
        if (difference := _difference(runs[0], other)) is not None:
            raise NotApplicable(f"the generations cannot be compared: {difference}")
    shown, shown_before = _first_shown(runs), _first_shown(before)
    if shown and shown_before:
        yield from _judged("the first preview", shown, shown_before, options)
    yield from _judged("the final picture", _finals(runs), _finals(before), options)


def _finished(runs: Sequence[Evidence]) -> list[Evidence]:
    answered = [run for run in runs if run.head is not None and run.head.status == 200 and run.why_not_whole is None]
    return [run for run in answered if run.final is not None and not run.error_events]


def _difference(run: Evidence, other: Evidence) -> str | None:
    """What was asked otherwise, or of another route; seeds make no difference to time."""
    asked, asked_other = run.asked.members, other.asked.members
    for name in sorted((asked.keys() | asked_other.keys()) - {"seed"}):
        if asked.get(name) != asked_other.get(name):
            return f"{name!r} of the payload is {_quoted(asked, name)} here and {_quoted(asked_other, name)} there"
    here, there = _route(run), _route(other)
    if here != there:
        return f"the route is {here!r} here and {there!r} there"
    versions = run.response.http_version, other.response.http_version
    return f"{versions[0]} here and {versions[1]} there" if versions[0] != versions[1] else None


def _quoted(members: dict[str, Json], name: str) -> str:
    text = repr(members[name]) if name in members else "missing"
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _route(run: Evidence) -> str:
    """The path; at fal without owner and app, since a staging app is another app."""
    url = run.transcript.request.url
    path = urlsplit(url).path
    return "/" + "/".join(path.split("/")[3:]) if is_fal_host(url) else path


_Timed = list[tuple[Evidence, Event]]


def _first_shown(runs: Sequence[Evidence]) -> _Timed:
    """Each run with its first preview; none where a run has no preview."""
    shown = [(run, run.previews[0]) for run in runs if run.previews]
    return shown if len(shown) == len(runs) else []


def _finals(runs: Sequence[Evidence]) -> _Timed:
    return [(run, run.final) for run in runs if run.final is not None]


def _judged(what: str, timed: _Timed, timed_before: _Timed, options: Options) -> Iterator[Finding]:
    taken, before = _durations_ns(timed), _durations_ns(timed_before)
    middle, middle_before = median(taken), median(before)
    slower = slowdown(taken, before, error_rate=_ERROR_RATE)
    if middle - middle_before < options.least_slowdown_milliseconds * NS_PER_MS:
        return
    if slower.least_factor > options.tolerated_factor:
        run, event = timed[0]
        yield run.finding(
            f"{what} takes {slower.factor:.2f} times as long as in the baseline, and with {1 - _ERROR_RATE:.1%} "
            f"certainty at least {slower.least_factor:.2f} times (medians {in_seconds(int(middle)):.2f} s in "
            f"{len(taken)} runs, {in_seconds(int(middle_before)):.2f} s in {len(before)}), expected at most "
            f"{options.tolerated_factor:g} times",
            event=event,
        )


def _durations_ns(timed: _Timed) -> list[int]:
    return [max(event.at_ns - asked_ns(run), 1) for run, event in timed]
