"""C03: the stream is never silent for long."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Transcript
from conformance.core.timing import in_seconds
from conformance.samples import event, final, good_events, preview, timed_stream
from conformance.signs.arrivals import NS_PER_SECOND
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few

_PING = b": ping\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How long the stream may be silent.

    Attributes:
        silence_limit_seconds: The longest silence an endpoint should plan for.
        slack_seconds: What is let through beside it, for keep-alives that fire at the limit exactly.
    """

    silence_limit_seconds: float = 15.0
    slack_seconds: float = 5.0


def _spoken(
    *at_ms: int, last: bytes | None = None, end_ms: int | None = None, ending: Ending = Ending.COMPLETE
) -> Transcript:
    pieces = [event(preview(step, len(at_ms))) for step in range(1, len(at_ms))]
    timed = list(zip(at_ms, [*pieces, event(final()) if last is None else last], strict=True))
    return timed_stream(timed, end_ms=at_ms[-1] + 10 if end_ms is None else end_ms, ending=ending)


@rule(
    id="C03",
    name="long-silence",
    requirement="From the response head to the final event, no more than 15 s pass without any bytes.",
    level=Level.MUST,
    basis=Basis.STANDARD,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes",
    rationale="The standard advises a comment about every 15 s, since proxies drop connections that seem idle; fal-js "
    "documents the same limit. Any bytes count, comments too. FastAPI, sse-starlette and aiohttp-sse ping after 15 s "
    "exactly, so 20 s are let through. Every run is judged, since a silence that long is no jitter. What comes "
    "after the final event is F04's, a first event later than its limit C02's; a final event counts as such when it "
    "says so or the stream ended well, so that a stream which stops for good is a silence.",
    consequence="A proxy closes the stream midway and the picture is lost; fal_client and fal-js, which have no "
    "working timeout, hang on a dead one for ever.",
    fix='Send ": ping\\n\\n" when nothing was sent for 15 s (without an id on any event), and put an end mark on the '
    "queue in a finally block, so that a failed pipeline ends the stream.",
    requires=("H02", "C02"),
    options=Options(),
    passes=lambda: (
        sample("an event every half second", _spoken(500, 1000, 1500, 2000)),
        sample("pings at 15 s exactly, a little late", _spoken(500, 9000, 18_000)),
        sample(
            "a minute of sampling with comments",
            timed_stream(
                [
                    (500, event(preview(1, 3))),
                    (9500, event(preview(2, 3))),
                    *((9500 + 15_050 * count, _PING) for count in (1, 2, 3)),
                    (60_000, event(final())),
                ],
                end_ms=60_010,
            ),
        ),
        sample(
            "a first event after 20 s, with a late head",
            timed_stream(
                [(20_000 + 500 * step, piece) for step, piece in enumerate(good_events())], end_ms=22_010, head_ms=9000
            ),
        ),
        sample("we hung up", _spoken(500, 1000, last=event(preview(2, 4)), ending=Ending.ABANDONED)),
    ),
    fails=lambda: (
        sample("a minute of silent sampling", _spoken(500, 1000, 61_000)),
        sample("silence between the head and the first event", _spoken(25_000, 25_500, 26_000)),
        sample("a single line, and then nothing for 25 s", _spoken(500, 25_500)),
        sample(
            "a stream that stops for good after two previews",
            _spoken(500, 1000, last=event(preview(2, 4)), end_ms=61_000, ending=Ending.TIMED_OUT),
        ),
        sample(
            "a stall in the second run only",
            _spoken(500, 1000, 1500),
            _spoken(500, 1000, 31_000),
        ),
    ),
)
def check(generations: tuple[Evidence, ...], options: Options) -> Iterator[Finding]:
    """Measure the stretches between arrivals of every run, from its head to its final event or its end."""
    if not any(item.transcript.chunks or item.transcript.end.ending is Ending.TIMED_OUT for item in generations):
        raise NotApplicable("fewer than 1 piece of a body: 0")
    limit_ns = (options.silence_limit_seconds + options.slack_seconds) * NS_PER_SECOND
    yield from first_few(
        generation.finding(
            f"nothing came for {in_seconds(until_ns - from_ns):.1f} s, from {in_seconds(from_ns):.1f} s to "
            f"{in_seconds(until_ns):.1f} s, expected some bytes at least every {options.silence_limit_seconds:g} s",
            offset=_offset(generation.stream, from_ns),
            at_ns=from_ns,
        )
        for generation in generations
        for from_ns, until_ns in pairwise(_sounds_ns(generation))
        if until_ns - from_ns > limit_ns
    )


def _sounds_ns(generation: Evidence) -> list[int]:
    final, transcript = generation.certain_final, generation.transcript
    until_ns = final.at_ns if final is not None else transcript.end.at_ns
    head_ns = transcript.phases.head_ns
    arrivals = [chunk.at_ns for chunk in transcript.chunks if chunk.at_ns <= until_ns]
    return [*([head_ns] if head_ns is not None else []), *arrivals, until_ns]


def _offset(stream: Transcript, from_ns: int) -> int | None:
    """The byte before which it was silent; None before the first."""
    heard = sum(len(chunk.data) for chunk in stream.chunks if chunk.at_ns <= from_ns)
    return heard or None
