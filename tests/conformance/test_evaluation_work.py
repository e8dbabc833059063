"""How much judging does: in step with the stream, and no picture twice."""

import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType

import pytest

from conformance.core import Transcript
from conformance.judging.evaluation import evaluate
from conformance.profiles.profile import Profile
from conformance.samples import event, final, good_events, preview, stream
from conformance.stream import picture
from conformance.stream.payload import Json
from conformance.stream.pixels import DecodedPicture, DecodingBudget, decode

PROFILE = Profile(name="work")
FINAL = event(final())


def events(count: int) -> list[bytes]:
    """Pictures behind addresses: the many steps that pixels take, alike for each, would hide all others."""
    pictures: list[Json] = [
        {"url": f"https://x.example/{step}.jpg", "content_type": "image/jpeg"} for step in range(count)
    ]
    return [*(event(preview(step, count, image=item)) for step, item in enumerate(pictures)), FINAL]


def each_event_in_its_own_read(count: int) -> Transcript:
    return stream(*events(count))


def each_event_held_back_until_the_next(count: int) -> Transcript:
    body = events(count)
    tails = [b"", *(piece[-100:] for piece in body)]
    fronts = [*(piece[:-100] for piece in body), b""]
    return stream(*(late + early for late, early in zip(tails, fronts, strict=True)))


def small_events_in_few_reads(count: int) -> Transcript:
    progress = [event({"step": step, "total_steps": count}) for step in range(1, count + 1)]
    return stream(*(b"".join(progress[start : start + 50]) for start in range(0, count, 50)), FINAL)


def comments_between_events(count: int) -> Transcript:
    return stream(*(piece for item in events(count) for piece in (b": ping\n\n", item)))


def every_event_at_fault(count: int) -> Transcript:
    return stream(*(b"id: 1\nDatum: x\ndata: {'a': NaN}\r\n\n" for _ in range(count)), FINAL)


def every_picture_at_fault(count: int) -> Transcript:
    broken: Json = {"url": "data:image/png;base64,AAAA", "content_type": "image/jpeg", "width": 3}
    return stream(*(event(preview(step, count, image=broken)) for step in range(1, count + 1)), FINAL)


SHAPES = [
    each_event_in_its_own_read,
    each_event_held_back_until_the_next,
    small_events_in_few_reads,
    comments_between_events,
    every_event_at_fault,
    every_picture_at_fault,
]


def judge(transcript: Transcript) -> None:
    evaluate([replace(transcript)], PROFILE)


def lines_run_by(action: Callable[[], object]) -> int:
    """How many lines of Python an action runs, each turn of a loop counted."""
    count = 0

    def trace(frame: FrameType, what: str, argument: object) -> object:
        nonlocal count
        count += what == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("build", SHAPES, ids=lambda build: build.__name__)
def test_judging_grows_in_step_with_the_stream(build: Callable[[int], Transcript]) -> None:
    """Four times the events in four times the reads take four times the work, not sixteen times."""
    short, long = build(100), build(400)
    judge(short)  # what is loaded and kept once counts for neither
    assert lines_run_by(lambda: judge(long)) <= 4 * lines_run_by(lambda: judge(short))


def test_each_picture_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rules look at it."""
    decoded: list[bytes] = []

    def counted(data: bytes, budget: DecodingBudget) -> DecodedPicture | None:
        decoded.append(data)
        return decode(data, budget)

    monkeypatch.setattr(picture, "decode", counted)
    judge(stream(*good_events(20)))
    assert len(decoded) == 21
