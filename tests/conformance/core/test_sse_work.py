"""What the decoder costs in work and memory, whoever sends."""

import sys
import tracemalloc
from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.core import EventStreamDecoder, EventTooLargeError, ServerSentEvent
from tests.conformance.core.any_stream import cut_bodies
from tests.conformance.core.decoding import MARK, decode, feed_all


def calls_during(action: Callable[[], object]) -> int:
    count = 0

    def profile(frame: object, what: str, argument: Any) -> None:
        nonlocal count
        count += what in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def pieces_of(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


@pytest.mark.parametrize("size", [1, 64])
def test_calls_grow_in_step_with_the_bytes(size: int) -> None:
    """Twice the event in pieces of the same size takes twice the calls, not four times."""

    def calls(length: int) -> int:
        pieces = pieces_of(b"data:" + b"x" * length + b"\n\n", size)
        return calls_during(lambda: decode(*pieces))

    short, long = 500 * size, 4000 * size
    assert calls(long) <= 8 * calls(short)


def test_a_piece_costs_no_more_the_later_it_comes() -> None:
    """Taking one piece of a 2 MB event never copies what came before it."""
    piece = b"x" * 4096
    decoder = EventStreamDecoder()
    decoder.feed(b"data:")
    extra: list[int] = []
    tracemalloc.start()
    try:
        for _ in range(512):
            tracemalloc.reset_peak()
            before, _peak = tracemalloc.get_traced_memory()
            decoder.feed(piece)
            extra.append(tracemalloc.get_traced_memory()[1] - before)
    finally:
        tracemalloc.stop()
    # The list of pieces may itself be moved when it grows: eight bytes a piece, and as much again in reserve.
    assert max(extra) < 4 * len(piece)


def test_a_large_event_is_held_few_times() -> None:
    """Decoding a 2 MB event in 4 KiB pieces needs a small multiple of its size, and the event is whole."""
    text = "x" * 2_000_000
    pieces = pieces_of(b"data:" + text.encode() + b"\n\n", 4096)
    tracemalloc.start()
    try:
        (event,) = decode(*pieces)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert event.data == text
    assert peak < 5 * len(text)


ENDLESS = [
    pytest.param(b"x" * 4096, id="an-endless-line"),
    pytest.param(b"data:" + b"x" * 500 + b"\n", id="endless-data-lines"),
    pytest.param(b"data\n" * 100, id="endless-empty-data-lines"),
]


@pytest.mark.parametrize("piece", ENDLESS)
def test_an_endless_event_is_refused_in_time(piece: bytes) -> None:
    """An event that never ends raises once it passes the limit, and memory stays near the limit."""
    limit = 100_000
    decoder = EventStreamDecoder(max_event_bytes=limit)
    tracemalloc.start()
    try:
        with pytest.raises(EventTooLargeError, match="100000"):
            feed_all(decoder, repeat(piece, 10 * limit))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert decoder.offset <= 6 * limit
    assert peak < 15 * limit


@pytest.mark.parametrize("line", [b"data: %b\n", b": %b\n", b"event: %b\n", b"step: %b\n"])
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_long_line_of_any_kind_is_refused(line: bytes, size: int) -> None:
    """A line past the limit raises even if it holds no data, in one piece as in many."""
    decoder = EventStreamDecoder(max_event_bytes=100)
    with pytest.raises(EventTooLargeError):
        feed_all(decoder, pieces_of(line % (b"x" * 101), size))


def test_what_is_not_held_is_not_counted() -> None:
    """Heartbeats and events within the limit may go on for ever."""
    decoder = EventStreamDecoder(max_event_bytes=20)
    events = feed_all(decoder, repeat(b": ping\n: pong\ndata: 12345678\n\n", 1000))
    assert len(events) == 1000


def outcome(pieces: list[bytes], limit: int) -> list[ServerSentEvent] | None:
    decoder = EventStreamDecoder(max_event_bytes=limit)
    try:
        return feed_all(decoder, pieces)
    except EventTooLargeError:
        return None


@given(cut_bodies(), st.integers(0, 30))
@example([b"data: 123456789\n", b"\n"], 14)
@example([MARK + b"data:1\n", b"\n"], 7)
def test_the_limit_does_not_depend_on_cuts(pieces: list[bytes], limit: int) -> None:
    """Whether a stream is refused does not depend on where its bytes were cut."""
    assert outcome(pieces, limit) == outcome([b"".join(pieces)], limit)
