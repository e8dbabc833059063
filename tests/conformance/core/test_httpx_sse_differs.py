"""Where httpx-sse reads a stream otherwise than ours.

None of them is an oracle. A difference that is pinned here is one that the rules warn of; when a new release of
a reader changes it, the test that names it fails, and the rule that leans on it can be looked at again.
"""

from collections.abc import Iterator

import httpx
import pytest
from httpx_sse import EventSource

from conformance.core import EventStreamDecoder
from tests.conformance.core.other_readers import EVENT_STREAM, MARK, Fields, response, with_httpx_sse, with_ours


@pytest.mark.parametrize(
    ("block", "phantom"),
    [
        (b"retry: 3000\n\n", ("message", "", "")),
        (b"event: ping\n\n", ("ping", "", "")),
        (b"id: 1\n\n", ("message", "", "1")),
    ],
)
def test_httpx_sse_makes_an_event_of_a_block_without_data(block: bytes, phantom: Fields) -> None:
    """Any known field makes httpx-sse dispatch, though the standard asks for data."""
    assert (with_ours([block]), with_httpx_sse([block])) == ([], [phantom])


@pytest.mark.parametrize("silence", [b": ping\n\n", b"\n"])
def test_httpx_sse_makes_an_event_of_a_blank_line_once_there_was_an_id(silence: bytes) -> None:
    """After an id, a keep-alive comment or a further blank line is an empty event to httpx-sse."""
    pieces = [b"id: 1\ndata: {}\n\n", silence]
    event = ("message", "{}", "1")
    assert (with_ours(pieces), with_httpx_sse(pieces)) == ([event], [event, ("message", "", "1")])


def test_httpx_sse_loses_the_event_behind_a_byte_order_mark() -> None:
    """A leading mark becomes part of the first field's name in httpx-sse."""
    pieces = [MARK + b"data: 1\n\ndata: 2\n\n"]
    assert with_ours(pieces) == [("message", "1", ""), ("message", "2", "")]
    assert with_httpx_sse(pieces) == [("message", "2", "")]


def test_httpx_sse_believes_the_charset() -> None:
    """A charset parameter garbles UTF-8 in httpx-sse, while the standard always decodes UTF-8."""
    pieces = ["data: \u00e9\n\n".encode()]
    assert with_ours(pieces) == [("message", "\u00e9", "")]
    assert with_httpx_sse(pieces, content_type=f"{EVENT_STREAM}; charset=iso-8859-1") == [
        ("message", "\u00c3\u00a9", "")
    ]


@pytest.mark.parametrize(("value", "expected"), [("+5", 5), ("1_000", 1000), (" 5 ", 5), ("\u0663", 3)])
def test_httpx_sse_takes_more_numbers_as_retry(value: str, expected: int) -> None:
    """Whatever Python's int reads is a reconnection time to httpx-sse."""
    body = f"data: x\nretry: {value}\n\n".encode()
    (theirs,) = EventSource(response([body])).iter_sse()
    (ours,) = EventStreamDecoder().feed(body)
    assert (ours.retry, theirs.retry) == (None, expected)


def test_httpx_sse_holds_an_event_back_that_ends_in_cr() -> None:
    """httpx-sse waits for the byte after a CR, so such an event comes one read late."""
    seen: list[str] = []
    decoder = EventStreamDecoder()

    def pieces() -> Iterator[bytes]:
        for data in (b"1", b"2"):
            piece = b"data: " + data + b"\r\r"
            seen.extend(f"ours {event.data}" for event in decoder.feed(piece))
            yield piece

    source = EventSource(httpx.Response(200, headers={"content-type": EVENT_STREAM}, content=pieces()))
    for event in source.iter_sse():
        seen.append(f"theirs {event.data}")  # noqa: PERF401 - pieces() writes to the list in between
    assert seen == ["ours 1", "ours 2", "theirs 1", "theirs 2"]


@pytest.mark.parametrize("tail", [b"data: 2", b"data: 2\n", b"data: 2\r", b"data: 2\r\n"])
def test_httpx_sse_discards_an_unfinished_event_as_we_do(tail: bytes) -> None:
    """Without its blank line the last event is lost to both, with no error."""
    pieces = [b"data: 1\n\n", tail]
    assert (with_ours(pieces), with_httpx_sse(pieces)) == ([("message", "1", "")], [("message", "1", "")])
