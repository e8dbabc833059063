"""The decoder, held against the HTML Standard (sections 9.2.5 and 9.2.6) and against a second reader."""

import sys
import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise, repeat
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.core import EventStreamDecoder, EventTooLargeError, ServerSentEvent, encode_event, parse_blocks

MARK = b"\xef\xbb\xbf"
ENDINGS = (b"\n", b"\r", b"\r\n")
LONG = b"x" * 2048


def decode(*pieces: bytes) -> list[ServerSentEvent]:
    decoder = EventStreamDecoder()
    events = feed_all(decoder, pieces)
    decoder.close()
    return events


def feed_all(decoder: EventStreamDecoder, pieces: Iterable[bytes]) -> list[ServerSentEvent]:
    return [event for piece in pieces for event in decoder.feed(piece)]


def received(*pieces: bytes) -> list[tuple[str, str, str]]:
    return [(event.event, event.data, event.last_event_id) for event in decode(*pieces)]


def messages(*data: str) -> list[tuple[str, str, str]]:
    return [("message", text, "") for text in data]


# --- What the standard shows as examples -------------------------------------------------------------------

STANDARD_EXAMPLES = [
    pytest.param(
        b"data: SDXL\ndata: +4 steps\ndata: 20\n\n",
        messages("SDXL\n+4 steps\n20"),
        id="several-data-lines-are-one-event",
    ),
    pytest.param(
        b": a block of remarks\n\ndata: one\nid: 1\n\ndata:two\nid\n\ndata:  three\n",
        [("message", "one", "1"), ("message", "two", "")],
        id="comment-block-then-id-then-id-reset-then-unfinished",
    ),
    pytest.param(
        b"data\n\ndata\ndata\n\ndata:",
        messages("", "\n"),
        id="data-without-a-value-dispatches-empty-lines",
    ),
    pytest.param(
        b"data:preview\n\ndata: preview\n\n",
        messages("preview", "preview"),
        id="the-space-after-the-colon-means-nothing",
    ),
    pytest.param(
        b"event: start\ndata: 512\n\nevent: stop\ndata: 513\n\nevent: start\ndata: 514\n\n",
        [("start", "512", ""), ("stop", "513", ""), ("start", "514", "")],
        id="named-events",
    ),
]

# --- What the platform tests for event streams look at -----------------------------------------------------

PLATFORM_BEHAVIOURS = [
    pytest.param(
        MARK + b"data:a\n\n" + MARK + b"data:b\n\ndata:c\n\n",
        messages("a", "c"),
        id="a-leading-mark-is-dropped-a-later-one-is-part-of-the-name",
    ),
    pytest.param(
        MARK + MARK + b"data:a\n\ndata:b\n\n",
        messages("b"),
        id="of-two-leading-marks-one-is-dropped",
    ),
    pytest.param(
        b"data:" + MARK + b"a\n\n",
        messages("\ufeffa"),
        id="a-mark-inside-a-value-is-text",
    ),
    pytest.param(
        b"data:a\r:\x00\n:\r\ndata:b\n:" + LONG + b"\rdata:c\n:data:no\r:" + LONG + b"\ndata:d\n\n",
        messages("a\nb\nc\nd"),
        id="comments-are-no-part-of-the-event-around-them",
    ),
    pytest.param(
        b"retry:900\ndata:kept\n\nid:lost\ndata:lost",
        messages("kept"),
        id="without-the-last-blank-line-the-event-is-lost",
    ),
    pytest.param(
        b"data:kept\n\ndata:lost\n",
        messages("kept"),
        id="a-finished-line-is-not-a-finished-event",
    ),
    pytest.param(
        b"data:\n\ndata\ndata\n\ndata:x\n\n",
        messages("", "\n", "x"),
        id="data-fields-with-empty-values",
    ),
    pytest.param(
        b"event: \ndata:x\n\n",
        messages("x"),
        id="an-empty-name-is-message",
    ),
    pytest.param(
        b"event:progress\ndata:x\n\ndata:y\n\n",
        [("progress", "x", ""), ("message", "y", "")],
        id="a-name-holds-for-one-event",
    ),
    pytest.param(
        b"event:progress\n\ndata:y\n\n",
        messages("y"),
        id="a-block-without-data-takes-its-name-with-it",
    ),
    pytest.param(
        b"event:a\nevent:b\ndata:x\n\n",
        [("b", "x", "")],
        id="the-last-of-two-names-counts",
    ),
    pytest.param(
        b"Event:a\nDATA:x\ndata :y\n data:z\ndata:w\n\n",
        messages("w"),
        id="names-compare-exactly",
    ),
    pytest.param(
        b"id:7\ndata:x\n\ndata:y\n\n",
        [("message", "x", "7"), ("message", "y", "7")],
        id="an-id-stays-for-later-events",
    ),
    pytest.param(
        b"id:7\n\ndata:y\n\n",
        [("message", "y", "7")],
        id="a-block-without-data-still-sets-the-id",
    ),
    pytest.param(
        b"id:7\ndata:x\n\nid\ndata:y\n\n",
        [("message", "x", "7"), ("message", "y", "")],
        id="an-empty-id-resets-it",
    ),
    pytest.param(
        b"id:7\x00\ndata:x\n\nid:8\ndata:y\nid:\x009\n\n",
        [("message", "x", ""), ("message", "y", "8")],
        id="an-id-with-nul-is-ignored",
    ),
    pytest.param(
        b"id: \xc3\xa9\xe2\x80\xa6 1\ndata:x\n\n",
        [("message", "x", "\u00e9\u2026 1")],
        id="an-id-is-any-text",
    ),
    pytest.param(
        b"data:\x00\ndata:  2\rData:1\ndata\x00:2\ndata:1\r\x00data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n"
        b" data:32\ndata:4\n\n",
        messages("\x00\n 2\n1\n3\n\n4"),
        id="only-an-exact-data-field-is-data",
    ),
    pytest.param(
        b"data:x\n data\ndata\nstep:3\njust words\n:a remark\ndata:y\n\n",
        messages("x\n\ny"),
        id="unknown-fields-are-ignored",
    ),
    pytest.param(
        b"data:\tx\rdata: \ndata:   y\n\n",
        messages("\tx\n\n  y"),
        id="one-space-is-dropped-and-nothing-else",
    ),
    pytest.param(
        b"data:a:b: c\n\n",
        messages("a:b: c"),
        id="the-first-colon-divides",
    ),
    pytest.param(
        b"data:x\r\ndata\ndata:y\r\n\r",
        messages("x\n\ny"),
        id="line-endings-may-be-mixed",
    ),
    pytest.param(
        b"data:x\r\r\ndata:y\n\r\n\rdata:z\r\n\n",
        messages("x", "y", "z"),
        id="every-mixture-of-two-endings-is-a-blank-line",
    ),
    pytest.param(
        b"data:\x00\n\n\n\n",
        messages("\x00"),
        id="nul-is-data-and-further-blank-lines-are-silent",
    ),
    pytest.param(
        b"data:ok \xe2\x80\xa6 \xf0\x9f\x8e\xa8\n\n",
        messages("ok \u2026 \U0001f3a8"),
        id="utf-8",
    ),
    pytest.param(
        b"data:\xff \xe2\x80\ndata:\xed\xa0\x80\n\n",
        messages("\ufffd \ufffd\n\ufffd\ufffd\ufffd"),
        id="bad-bytes-become-replacement-characters",
    ),
    pytest.param(
        b"event:\xff\nid:\xff\ndata:x\n\n",
        [("\ufffd", "x", "\ufffd")],
        id="bad-bytes-in-names-and-ids-too",
    ),
    pytest.param(
        "data:a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i\n\n".encode(),
        messages("a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i"),
        id="no-other-character-ends-a-line",
    ),
    pytest.param(b"", [], id="nothing"),
    pytest.param(MARK, [], id="only-a-mark"),
    pytest.param(b"\n\r\r\n\n", [], id="only-blank-lines"),
    pytest.param(b": ping\n\n: ping\n\n", [], id="only-comments"),
    pytest.param(b"retry: 5\n\nevent: x\n\nid: 3\n\n", [], id="only-blocks-without-data"),
    pytest.param(b"data", [], id="an-unfinished-line"),
]


@pytest.mark.parametrize(("body", "expected"), STANDARD_EXAMPLES)
def test_reads_the_examples_of_the_standard(body: bytes, expected: list[tuple[str, str, str]]) -> None:
    """The streams that the standard explains give the events that it says."""
    assert received(body) == expected


@pytest.mark.parametrize(("body", "expected"), PLATFORM_BEHAVIOURS)
def test_reads_what_browsers_agree_on(body: bytes, expected: list[tuple[str, str, str]]) -> None:
    """The corner cases that browsers are tested for give the same events here."""
    assert received(body) == expected


@pytest.mark.parametrize(("body", "expected"), [*STANDARD_EXAMPLES, *PLATFORM_BEHAVIOURS])
def test_reads_the_same_byte_by_byte(body: bytes, expected: list[tuple[str, str, str]]) -> None:
    """Every example gives the same events when each byte comes alone."""
    assert received(*(body[at : at + 1] for at in range(len(body)))) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"3000", 3000),
        (b"0", 0),
        (b"007", 7),
        (b"", 100),
        (b" 3000", 100),
        (b"3000 ", 100),
        (b"3000x", 100),
        (b"+3000", 100),
        (b"-1", 100),
        (b"1.5", 100),
        (b"1e3", 100),
        (b"3_000", 100),
        (b"0x10", 100),
        ("\u0663".encode(), 100),
        ("\u00b2".encode(), 100),
        (b"3\x00", 100),
    ],
)
def test_retry_counts_only_as_ascii_digits(value: bytes, expected: int) -> None:
    """A reconnection time that is not ASCII digits alone leaves the earlier one in force."""
    decoder = EventStreamDecoder()
    decoder.feed(b"retry:100\n\nretry: " + value + b"\ndata:x\n\n")
    assert decoder.reconnection_time_ms == expected


def test_retry_without_a_colon_is_ignored() -> None:
    """A bare field name sets no reconnection time."""
    decoder = EventStreamDecoder()
    decoder.feed(b"retry\ndata:x\n\n")
    assert decoder.reconnection_time_ms is None


def test_retry_needs_no_event() -> None:
    """The reconnection time holds from its line on, whether or not the block dispatches."""
    decoder = EventStreamDecoder()
    decoder.feed(b"retry: 250\n")
    assert decoder.reconnection_time_ms == 250


def test_retry_belongs_to_the_event_of_its_block() -> None:
    """An event tells the reconnection time of its own block only."""
    events = decode(b"retry: 1\n\nretry: 2\ndata: a\n\ndata: b\n\n")
    assert [event.retry for event in events] == [2, None]


def test_retry_with_very_many_digits_does_not_raise() -> None:
    """A number longer than Python converts is capped, since no stream may stop the decoder."""
    (event,) = decode(b"retry: " + b"9" * 100_000 + b"\ndata: x\n\n")
    assert event.data == "x"


def test_an_event_comes_with_the_byte_that_completes_it() -> None:
    """Nothing is held back: the first byte of the blank line's ending dispatches."""
    decoder = EventStreamDecoder()
    assert [len(decoder.feed(bytes([byte]))) for byte in b"data:x\r\n\r\n"] == [0] * 8 + [1, 0]


@pytest.mark.parametrize("ending", ENDINGS)
def test_offsets_are_those_of_the_block(ending: bytes) -> None:
    """An event's offset is where its block's first line begins, comments included."""
    body = ending.join([b": hello", b"", b"", b": about this", b"data: a", b"", b"data: b", b"", b""])
    assert [event.offset for event in decode(body)] == [body.index(b": about"), body.index(b"data: b")]


def test_the_mark_belongs_to_the_first_block() -> None:
    """A byte order mark is part of the first line and does not move its offset."""
    assert [event.offset for event in decode(MARK + b"data:a\n\ndata:b\n\n")] == [0, 11]


def test_closing_forgets_what_was_not_dispatched() -> None:
    """An id that no blank line committed is discarded with the rest of its block."""
    decoder = EventStreamDecoder()
    decoder.feed(b"id: 1\ndata: a\n\nid: 2\ndata: b\n")
    decoder.close()
    assert (decoder.feed(b"\n"), decoder.last_event_id) == ([], "1")


# --- Any stream ---------------------------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
names = texts.filter(bool)
unknown_names = names.filter(
    lambda name: ":" not in name and name not in ("data", "event", "id", "retry") and name[0] != "\ufeff"
)
fields = st.one_of(
    st.tuples(st.just("data"), texts),
    st.tuples(st.just("data"), texts),
    st.tuples(st.just("event"), texts),
    st.tuples(st.just("id"), texts),
    st.tuples(st.just("retry"), st.one_of(texts, st.integers(0, 10**9).map(str))),
    st.tuples(unknown_names, texts),
    st.tuples(st.just(""), texts),
)


@dataclass
class Model:
    """The standard's three buffers, kept by a reader that knows fields and never sees bytes."""

    last_event_id: str = ""
    event: str = ""
    data: list[str] | None = None
    retry: int | None = None
    offset: int | None = None

    def take(self, name: str, value: str, offset: int) -> None:
        self.offset = offset if self.offset is None else self.offset
        if name == "data":
            self.data = [*(self.data or []), value]
        elif name == "event":
            self.event = value
        elif name == "id" and "\x00" not in value:
            self.last_event_id = value
        elif name == "retry" and value and set(value) <= set("0123456789"):
            self.retry = int(value)

    def dispatch(self) -> Iterable[ServerSentEvent]:
        if self.data is not None and self.offset is not None:
            yield ServerSentEvent(
                event=self.event or "message",
                data="\n".join(self.data),
                last_event_id=self.last_event_id,
                retry=self.retry,
                offset=self.offset,
            )
        self.event, self.data, self.retry, self.offset = "", None, None, None


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[ServerSentEvent]]:
    """A valid stream in any mixture of line endings, and the events it means."""
    body = draw(st.sampled_from([b"", MARK]))
    start = 0
    model = Model()
    events: list[ServerSentEvent] = []
    for block in draw(st.lists(st.lists(fields, max_size=5), max_size=5)):
        for name, value in block:
            bare = not value and name and draw(st.booleans())
            space = " " if value.startswith(" ") or draw(st.booleans()) else ""
            body += (name if bare else f"{name}:{space}{value}").encode() + draw(st.sampled_from(ENDINGS))
            model.take(name, value, start)
            start = len(body)
        # LF after CR would be the second half of one ending, not a line of its own.
        body += draw(st.sampled_from([b"\r", b"\r\n"] if body.endswith(b"\r") else ENDINGS))
        events += model.dispatch()
        start = len(body)
    return body, events


# Bytes at which readers go wrong come up far more often than in bytes drawn evenly.
bodies = st.one_of(
    st.binary(max_size=64),
    streams().map(lambda stream: stream[0]),
    st.lists(
        st.sampled_from(
            [
                *(b"data", b"data:", b"id", b"event", b"retry", b":", b" ", b"1", b"\x00", b"x"),
                *(b"\xc3", b"\xa9", MARK, MARK[:1], MARK[1:]),
                *ENDINGS,
                *ENDINGS,
            ]
        ),
        max_size=24,
    ).map(b"".join),
)


@st.composite
def cut_bodies(draw: st.DrawFn) -> list[bytes]:
    """A body in pieces, some of them perhaps empty."""
    body = draw(bodies)
    cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=8)))
    return [body[start:end] for start, end in pairwise([0, *cuts, len(body)])]


def state(decoder: EventStreamDecoder) -> tuple[str, int | None, int]:
    return decoder.last_event_id, decoder.reconnection_time_ms, decoder.offset


@given(streams())
def test_a_valid_stream_means_what_its_model_says(stream: tuple[bytes, list[ServerSentEvent]]) -> None:
    """Comments, fields of every kind and any mixture of line endings decode to the model's events."""
    body, expected = stream
    assert decode(body) == expected


@given(cut_bodies())
@example([b"data:x\r", b"", b"\n\r", b"\n", b"data:y\n\n"])
@example([MARK[:1], b"", MARK[1:2], MARK[2:] + b"data:x\n\n"])
def test_cuts_change_nothing(pieces: list[bytes]) -> None:
    """The events, their offsets and the decoder's own attributes do not depend on where bytes were cut."""
    whole, cut = EventStreamDecoder(), EventStreamDecoder()
    expected = whole.feed(b"".join(pieces))
    assert feed_all(cut, pieces) == expected
    assert state(cut) == state(whole)


@given(bodies)
def test_single_bytes_change_nothing(body: bytes) -> None:
    """Feeding byte by byte gives the same events and offsets as feeding at once."""
    assert decode(*(body[at : at + 1] for at in range(len(body)))) == decode(body)


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_no_bytes_raise(body: bytes) -> None:
    """Any bytes are a stream, and all of them are counted."""
    decoder = EventStreamDecoder()
    decoder.feed(body)
    decoder.close()
    assert decoder.offset == len(body)


@given(bodies)
@example(b"data\rdata\n\ndata\r\n\rdata")
def test_the_second_reader_agrees(body: bytes) -> None:
    """The anatomy of the body, which is read in another way, gives the same data at the same offsets."""
    expected = [(block.data, block.offset) for block in parse_blocks(body) if block.is_dispatched]
    assert [(event.data, event.offset) for event in decode(body)] == expected


# --- Writing ------------------------------------------------------------------------------------------------

written_events = st.builds(
    ServerSentEvent,
    event=names,
    data=st.text(st.characters(codec="utf-8", exclude_characters="\r")),
    last_event_id=texts.filter(lambda text: "\x00" not in text),
    retry=st.none() | st.integers(0, 10**12),
)


@given(st.lists(written_events, max_size=4), st.sampled_from(["\n", "\r", "\r\n"]))
def test_what_is_written_reads_back(events: list[ServerSentEvent], line_ending: str) -> None:
    """Encoding events and decoding them gives the events back, whatever the line ending."""
    body = b"".join(encode_event(event, line_ending=line_ending) for event in events)
    assert [replace(event, offset=0) for event in decode(body)] == events


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(ServerSentEvent(data="", event=""), id="empty-name"),
        pytest.param(ServerSentEvent(data="", event="a\nb"), id="line-feed-in-name"),
        pytest.param(ServerSentEvent(data="", event="a\rb"), id="carriage-return-in-name"),
        pytest.param(ServerSentEvent(data="", last_event_id="a\nb"), id="line-feed-in-id"),
        pytest.param(ServerSentEvent(data="", last_event_id="a\rb"), id="carriage-return-in-id"),
        pytest.param(ServerSentEvent(data="", last_event_id="a\x00b"), id="nul-in-id"),
        pytest.param(ServerSentEvent(data="a\rb"), id="carriage-return-in-data"),
        pytest.param(ServerSentEvent(data="\ud800"), id="half-a-surrogate-pair"),
        pytest.param(ServerSentEvent(data="", retry=-1), id="negative-retry"),
    ],
)
def test_what_cannot_be_expressed_is_refused(event: ServerSentEvent) -> None:
    """An event that a reader would read differently is not written."""
    with pytest.raises(ValueError, match=r".+"):
        encode_event(event)


# --- Work and memory ----------------------------------------------------------------------------------------


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
