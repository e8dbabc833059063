"""What one check records: the transcripts of a good endpoint or a violator behind one network."""

from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from random import Random

from benchmarks.power.endpoint import Course, Endpoint, Write, pinged
from benchmarks.power.network import FAST, SLOW, Line, Network
from benchmarks.power.violators import Bend, zipped
from conformance.core import Ending, ResponseHead, Transcript
from conformance.samples import SSE_HEADERS

__all__ = ["Recording", "beating", "bent", "compressed", "good", "hasty", "hung_up"]

Recording = Callable[[Random, int], tuple[Transcript, ...]]
"""From a source of chance and a number of generations to the transcripts of a check."""

_ANY = (*FAST, *SLOW)


def good(
    draw: Random, repeat: int, *, cold_seconds: tuple[float, float] = (1, 8), cold_share: float = 0.15
) -> tuple[Transcript, ...]:
    """A good endpoint; the first generation may have to wait until the model is loaded."""
    endpoint, network = Endpoint.drawn(draw), Network.drawn(draw)
    cold = draw.uniform(*cold_seconds) if draw.random() < cold_share else 0.0
    courses = [endpoint.course(draw, cold_seconds=0.0 if run else cold) for run in range(repeat)]
    return tuple(network.transcript(pinged(course, endpoint.ping_seconds), draw) for course in courses)


def bent(
    draw: Random,
    repeat: int,
    *,
    bend: Bend,
    ping_seconds: float | None = None,
    ending: Ending = Ending.COMPLETE,
    lines: tuple[Line, ...] = _ANY,
) -> tuple[Transcript, ...]:
    """A violator: the courses of an endpoint, each bent in the same way."""
    endpoint, network = _telling(draw), Network.drawn(draw, lines)
    courses = [bend(endpoint.course(draw), draw) for _ in range(repeat)]
    spoken = [pinged(course, ping_seconds) if ping_seconds else course for course in courses]
    return tuple(network.transcript(course, draw, ending=ending) for course in spoken)


def hasty(draw: Random, repeat: int, *, every_seconds: float) -> tuple[Transcript, ...]:
    """A preview each step, however short the steps are; 20 to 50 of them."""
    endpoint, network = Endpoint.drawn(draw), Network.drawn(draw)
    haste = replace(
        endpoint,
        steps=draw.randint(20, 50),
        step_seconds=every_seconds,
        preview_seconds=0.0,
        steps_a_preview=1,
        preview_bytes=min(endpoint.preview_bytes, 60_000),
    )
    return tuple(network.transcript(haste.course(draw), draw) for _ in range(repeat))


def beating(draw: Random, repeat: int, *, every_seconds: tuple[float, ...]) -> tuple[Transcript, ...]:
    """Comments from a clock that knows nothing of the events, while a request waits for its turn."""
    endpoint, network = replace(_telling(draw), has_early_head=True), Network.drawn(draw)
    every = draw.choice(every_seconds)
    courses = [endpoint.course(draw, cold_seconds=draw.uniform(3, 20)) for _ in range(repeat)]
    return tuple(network.transcript(_with_beats(course, every), draw) for course in courses)


def compressed(
    draw: Random, repeat: int, *, flush: int | None, lines: tuple[Line, ...] = _ANY
) -> tuple[Transcript, ...]:
    """A generation without compression, and one with it."""
    endpoint, network = _telling(draw), Network.drawn(draw, lines)
    plain = [network.transcript(endpoint.course(draw), draw) for _ in range(repeat)]
    course = zipped(flush)(endpoint.course(draw), draw)
    answer = network.transcript(course, draw, probe="compressed_generation")
    head = ResponseHead(status=200, headers=(*SSE_HEADERS, ("content-encoding", "gzip")))
    return (*plain, replace(answer, head=head))


def hung_up(draw: Random, repeat: int, *, is_held: bool) -> tuple[Transcript, ...]:
    """A generation that is left after its first event, and the next one, which has to wait for it or not."""
    endpoint, network = _telling(draw), Network.drawn(draw)
    usual = [network.transcript(endpoint.course(draw), draw) for _ in range(repeat)]
    course = endpoint.course(draw)
    left_seconds = course.writes[0].at_seconds
    rest_seconds = course.writes[-1].at_seconds - left_seconds
    # A good one with a single worker notices at its next step, or at the one after.
    noticed = draw.choice((0.0, endpoint.step_seconds, 2 * endpoint.step_seconds))
    wait_seconds = rest_seconds if is_held else min(noticed, rest_seconds)
    abandoned = replace(course, writes=course.writes[:1], end_seconds=left_seconds)
    following = endpoint.course(draw, cold_seconds=wait_seconds)
    return (
        *usual,
        network.transcript(abandoned, draw, probe="abandoned_generation", ending=Ending.ABANDONED),
        network.transcript(following, draw, probe="next_generation"),
    )


def _telling(draw: Random) -> Endpoint:
    """An endpoint that shows four previews or more, in a second or more: most rules judge no fewer."""
    endpoint = Endpoint.drawn(draw)
    return replace(
        endpoint,
        steps=max(endpoint.steps, 10),
        step_seconds=max(endpoint.step_seconds, 0.1),
        preview_seconds=min(endpoint.preview_seconds, 0.25),
        steps_a_preview=min(endpoint.steps_a_preview, 2),
    )


def _with_beats(course: Course, every_seconds: float) -> Course:
    last_seconds = course.writes[-1].at_seconds
    beats = (course.head_seconds + every_seconds * count for count in range(1, 10_000))
    comments = [Write(at_seconds=at, data=b": ping\n\n") for at in takewhile(lambda at: at < last_seconds, beats)]
    return replace(course, writes=tuple(sorted([*course.writes, *comments], key=lambda write: write.at_seconds)))
