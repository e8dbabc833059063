"""The decoder, held against the HTML Standard (sections 9.2.5 and 9.2.6) case by case."""

import pytest

from conformance.core import EventStreamDecoder
from tests.conformance.core.decoding import ENDINGS, MARK, decode, messages, received

LONG = b"x" * 2048

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
