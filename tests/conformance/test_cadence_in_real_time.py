"""The timing rules against a clock that nobody holds: played in (shortened) real time, recorded by a real clock."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import pytest

from conformance.catalogue import Rule, Sample
from conformance.core import Ending, Transcript
from conformance.player import Player
from conformance.recorders import Recorder, RecordingLimits
from conformance.stream.evidence import Evidence
from tests.conformance.verdicts import RULES, announced, failing, fallen_short, passing, verdicts

_NS_PER_SECOND = 1_000_000_000
# What a busy machine adds to a pause is of the order of some 10 ms: shorter pauses drown in it, and so would longer
# ones that are sped up too much.
_SHORTEST_RECORDED_NS = 100_000_000
_SHORTEST_PLAYED_NS = 250_000_000
_MOST_SPEED = 8.0
# Jitter is there in one run and not in the next, and weighs less the slower time goes; a wrong rule is wrong each time.
_ATTEMPTS = 5


def shortest_pause_ns(item: Sample) -> int:
    pauses = [
        later - earlier
        for transcript in item.transcripts
        for earlier, later in pairwise(sorted({chunk.at_ns for chunk in transcript.chunks}))
    ]
    return min(pauses, default=_NS_PER_SECOND)


TIMING = [
    (rule, item, fails)
    for rule in RULES
    if rule.family == "C"
    for kind, fails in ((failing, True), (passing, False))
    for item in kind(rule)
]
# The others are about pauses of a few milliseconds; the kill matrix has them, in lockstep.
COARSE = [given for given in TIMING if shortest_pause_ns(given[1]) >= _SHORTEST_RECORDED_NS]


def in_real_time(item: Sample, most_speed: float = _MOST_SPEED) -> Sample:
    speed = max(1.0, min(most_speed, shortest_pause_ns(item) / _SHORTEST_PLAYED_NS))
    with Player(item.transcripts, speed=speed) as url:
        return replace(item, transcripts=tuple(_record(transcript, url, speed) for transcript in item.transcripts))


def _record(transcript: Transcript, url: str, speed: float) -> Transcript:
    end, events = transcript.end, len(Evidence(transcript).events)
    last_ns = max([transcript.phases.head_ns or 0, *(chunk.at_ns for chunk in transcript.chunks)])
    silence = (end.at_ns - last_ns) / speed / _NS_PER_SECOND if end.ending is Ending.TIMED_OUT else 60.0
    recorder = Recorder(limits=RecordingLimits(silence_seconds=silence, total_seconds=6000), clock=_clock(speed))
    recorded = recorder.record(
        transcript.probe,
        replace(transcript.request, url=url),
        stop_after_events=events if end.ending is Ending.ABANDONED else None,
    )
    return replace(recorded, request=replace(recorded.request, url=transcript.request.url))


def _clock(speed: float) -> Callable[[], int]:
    return lambda: int(time.monotonic_ns() * speed)


def misjudged(rule: Rule, item: Sample, fails: bool) -> str | None:
    expected = announced(rule, item, fails=fails)
    for attempt in range(_ATTEMPTS):
        seen = fallen_short(verdicts(in_real_time(item, _MOST_SPEED / 2**attempt)))
        if seen == expected:
            return None
    return f"{rule.id} {item.title}: {sorted(seen)}, expected {sorted(expected)}"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_timing_rules_judge_real_time_as_recorded_time() -> None:
    """With a real clock, a real socket and real pauses, every sample that is not too fine has its verdict."""
    with ThreadPoolExecutor(48) as workers:
        wrong = list(workers.map(lambda given: misjudged(*given), COARSE))
    assert [text for text in wrong if text] == []


def test_most_timing_samples_are_coarse_enough() -> None:
    """Few are left to the lockstep alone."""
    assert len(TIMING) - len(COARSE) <= 20
