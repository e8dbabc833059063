"""Other readers of event streams, to compare with: where they agree with ours, and each place where they do not.

None of them is an oracle. A difference that is pinned here is one that the rules warn of; when a new release of
a reader changes it, the test that names it fails, and the rule that leans on it can be looked at again.
"""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
from fal_client import SyncClient
from httpx_sse import EventSource, SSEError
from hypothesis import given
from hypothesis import strategies as st
from sseclient import SSEClient

from conformance.core import EventStreamDecoder

MARK = b"\xef\xbb\xbf"
EVENT_STREAM = "text/event-stream"

Fields = tuple[str, str, str]


def response(pieces: list[bytes], *, content_type: str = EVENT_STREAM, status: int = 200) -> httpx.Response:
    # httpx leaves out empty pieces on a real connection too: a read that gives nothing is the end.
    return httpx.Response(
        status, headers={"content-type": content_type}, content=iter([piece for piece in pieces if piece])
    )


def with_ours(pieces: list[bytes]) -> list[Fields]:
    decoder = EventStreamDecoder()
    return [(event.event, event.data, event.last_event_id) for piece in pieces for event in decoder.feed(piece)]


def with_httpx_sse(pieces: list[bytes], *, content_type: str = EVENT_STREAM) -> list[Fields]:
    source = EventSource(response(pieces, content_type=content_type))
    return [(event.event, event.data, event.id) for event in source.iter_sse()]


def with_sseclient(pieces: list[bytes]) -> list[Fields]:
    return [(event.event, event.data, event.id or "") for event in SSEClient(iter(pieces)).events()]


class FalClient:
    """The real client of fal, answered from memory in place of a socket."""

    def __init__(self) -> None:
        self._client = SyncClient(key="no-key-at-all")
        self._response = response([])

    def answer(self, request: httpx.Request) -> httpx.Response:
        return self._response

    def read(self, pieces: list[bytes], *, content_type: str = EVENT_STREAM, status: int = 200) -> list[Any]:
        self._response = response(pieces, content_type=content_type, status=status)
        return list(self._client.stream("owner/app", {}))


@pytest.fixture(scope="module")
def fal() -> Iterator[FalClient]:
    client = FalClient()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.HTTPTransport, "handle_request", lambda _, request: client.answer(request))
        yield client


# --- Agreement on plain streams -----------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def plain_blocks(draw: st.DrawFn, data: st.SearchStrategy[list[str]], *, with_id: bool) -> list[str]:
    """The lines of a block as careful servers write it: data always, every other field now and then."""
    lines = [f"data: {line}" for line in draw(data)]
    if draw(st.booleans()):
        lines.insert(0, ": " + draw(texts))
    if draw(st.booleans()):
        lines.insert(0, "event: " + draw(texts))
    if draw(st.booleans()):
        lines.append(f"retry: {draw(st.integers(0, 10**9))}")
    if with_id:
        lines.append("id: " + draw(texts.filter(lambda text: text and "\x00" not in text)))
    return lines


@st.composite
def plain_streams(draw: st.DrawFn, data: st.SearchStrategy[list[str]]) -> list[bytes]:
    """A well-formed stream with one style of line endings, in pieces."""
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    blocks = draw(st.lists(plain_blocks(data, with_id=draw(st.booleans())), max_size=4))
    body = "".join(ending.join(block) + 2 * ending for block in blocks).encode()
    cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=6)))
    return [body[start:end] for start, end in pairwise([0, *cuts, len(body)])]


def json_lines(value: object) -> list[str]:
    return json.dumps(value, indent=1).split("\n")


text_streams = plain_streams(st.lists(texts, min_size=1, max_size=3))
json_streams = plain_streams(json_values.map(json_lines))


@given(text_streams)
def test_httpx_sse_agrees_on_plain_streams(pieces: list[bytes]) -> None:
    """Well-formed events mean the same to httpx-sse, ids and names included."""
    assert with_httpx_sse(pieces) == with_ours(pieces)


@given(text_streams)
def test_sseclient_agrees_on_plain_streams(pieces: list[bytes]) -> None:
    """Well-formed events mean the same to sseclient-py."""
    assert with_sseclient(pieces) == with_ours(pieces)


def test_fal_client_agrees_on_plain_streams(fal: FalClient) -> None:
    """Well-formed events with a JSON payload give the payloads that fal's own client yields."""

    @given(json_streams)
    def agrees(pieces: list[bytes]) -> None:
        assert fal.read(pieces) == [json.loads(data) for _, data, _ in with_ours(pieces)]

    agrees()


AGREED = [
    pytest.param([b": ping\n\ndata: {}\n\n: ping\n\n"], id="comment-blocks-where-no-id-is-used"),
    pytest.param([b"data: {}\n\n\n\ndata: 1\n\n"], id="further-blank-lines-where-no-id-is-used"),
    pytest.param([b"id: 1\ndata: {}\n\n: ping\ndata: 1\n\n"], id="a-comment-inside-an-event-beside-ids"),
    pytest.param([b"retry: 5\ndata: {}\n\n"], id="retry-beside-data"),
    pytest.param([b"data: {}\r\rdata: 1\r\r"], id="lines-that-end-in-cr-alone"),
    pytest.param([b"data: {}\r", b"\n\r", b"\ndata: 1\r", b"\n\r", b"\n"], id="crlf-cut-in-two"),
    pytest.param([b'data: "\xe2\x80', b'\xa8 \xf0\x9f\x8e\xa8"\n\n'], id="a-character-cut-in-two"),
    pytest.param([b"Data: 1\ndata: 2\n\n"], id="a-field-name-in-upper-case"),
]


@pytest.mark.parametrize("pieces", AGREED)
def test_httpx_sse_agrees_on(pieces: list[bytes]) -> None:
    """These streams look dangerous, and httpx-sse reads them as we do."""
    assert with_httpx_sse(pieces) == with_ours(pieces)


@pytest.mark.parametrize("pieces", AGREED)
def test_fal_client_agrees_on(pieces: list[bytes], fal: FalClient) -> None:
    """These streams look dangerous, and fal's client yields the payloads that we see."""
    assert fal.read(pieces) == [json.loads(data) for _, data, _ in with_ours(pieces)]


# --- httpx-sse ----------------------------------------------------------------------------------------------


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


# --- sseclient-py -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", [b"data: 2", b"data: 2\n"])
def test_sseclient_dispatches_an_unfinished_event(tail: bytes) -> None:
    """sseclient-py gives out a last event that no blank line ended."""
    pieces = [b"data: 1\n\n", tail]
    assert with_ours(pieces) == [("message", "1", "")]
    assert with_sseclient(pieces) == [("message", "1", ""), ("message", "2", "")]


def test_sseclient_forgets_the_id() -> None:
    """An id holds for one event in sseclient-py, for all later ones in the standard."""
    pieces = [b"id: 1\ndata: a\n\ndata: b\n\n"]
    assert with_ours(pieces) == [("message", "a", "1"), ("message", "b", "1")]
    assert with_sseclient(pieces) == [("message", "a", "1"), ("message", "b", "")]


def test_sseclient_makes_one_event_of_two_behind_a_mixed_blank_line() -> None:
    """LF followed by CRLF is a blank line that sseclient-py does not see."""
    pieces = [b"data: a\n\r\ndata: b\n\n"]
    assert with_ours(pieces) == [("message", "a", ""), ("message", "b", "")]
    assert with_sseclient(pieces) == [("message", "a\nb", "")]


def test_sseclient_loses_the_event_behind_a_byte_order_mark() -> None:
    """A leading mark becomes part of the first field's name in sseclient-py."""
    pieces = [MARK + b"data: 1\n\ndata: 2\n\n"]
    assert (len(with_ours(pieces)), with_sseclient(pieces)) == (2, [("message", "2", "")])


def test_sseclient_takes_an_id_with_nul() -> None:
    """An id with NUL is ignored by the standard and kept by sseclient-py."""
    pieces = [b"id: 1\x00\ndata: a\n\n"]
    assert (with_ours(pieces), with_sseclient(pieces)) == ([("message", "a", "")], [("message", "a", "1\x00")])


def test_sseclient_raises_on_bad_bytes() -> None:
    """Bytes that are not UTF-8 end the stream in sseclient-py."""
    pieces = [b"data: \xff\n\n"]
    assert with_ours(pieces) == [("message", "\ufffd", "")]
    with pytest.raises(UnicodeDecodeError):
        with_sseclient(pieces)


@pytest.mark.parametrize("block", [b"retry: 3000\n\n", b"event: ping\n\n", b"id: 1\n\n", b": ping\n\n", b"\n"])
def test_sseclient_keeps_silent_on_blocks_without_data(block: bytes) -> None:
    """Only data makes an event, in sseclient-py as in the standard."""
    pieces = [b"id: 7\ndata: x\n\n", block]
    assert (with_ours(pieces), with_sseclient(pieces)) == ([("message", "x", "7")], [("message", "x", "7")])


# --- fal_client ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([b"retry: 3000\n\n", b"data: {}\n\n"], id="a-block-with-retry-alone"),
        pytest.param([b"event: ping\n\n", b"data: {}\n\n"], id="a-block-with-a-name-alone"),
        pytest.param([b"id: 1\ndata: {}\n\n", b": ping\n\n"], id="a-keep-alive-comment-beside-ids"),
        pytest.param([b"id: 1\ndata: {}\n\n", b"\n"], id="a-further-blank-line-beside-ids"),
    ],
)
def test_fal_client_dies_of_an_event_that_is_none(pieces: list[bytes], fal: FalClient) -> None:
    """Fal's client parses httpx-sse's empty event as JSON and raises, while the stream holds one good event."""
    assert [data for _, data, _ in with_ours(pieces)] == ["{}"]
    with pytest.raises(json.JSONDecodeError):
        fal.read(pieces)


@pytest.mark.parametrize("data", [b"", b"ping", b"[DONE]", b"{'a': 1}"])
def test_fal_client_dies_of_data_that_is_no_json(data: bytes, fal: FalClient) -> None:
    """An event whose data is not JSON raises in fal's client, legal as the stream is."""
    pieces = [b"data: " + data + b"\n\n"]
    assert len(with_ours(pieces)) == 1
    with pytest.raises(json.JSONDecodeError):
        fal.read(pieces)


def test_fal_client_loses_the_event_behind_a_byte_order_mark(fal: FalClient) -> None:
    """The first payload vanishes without an error when a mark stands before it."""
    assert fal.read([MARK + b"data: 1\n\ndata: 2\n\n"]) == [2]


def test_fal_client_loses_an_unfinished_event(fal: FalClient) -> None:
    """A final event without its blank line vanishes without an error."""
    assert fal.read([b"data: 1\n\ndata: 2\n"]) == [1]


def test_fal_client_hides_the_name_of_an_event(fal: FalClient) -> None:
    """An event named error is yielded like any other."""
    assert fal.read([b'event: error\ndata: {"a": 1}\n\n']) == [{"a": 1}]


def test_fal_client_takes_numbers_that_json_has_not(fal: FalClient) -> None:
    """NaN and Infinity pass in Python and would not in a browser."""
    assert fal.read([b"data: [Infinity, -Infinity]\n\n"]) == [[float("inf"), float("-inf")]]


def test_fal_client_yields_the_error_of_a_failed_request(fal: FalClient) -> None:
    """A status of 500 goes unnoticed if the body is an event stream."""
    assert fal.read([b'data: {"detail": "no"}\n\n'], status=500) == [{"detail": "no"}]


@pytest.mark.parametrize("content_type", ["application/json", "Text/Event-Stream", ""])
def test_fal_client_refuses_other_media_types(content_type: str, fal: FalClient) -> None:
    """Any media type but the exact lower-case one raises, an upper-case spelling of the right one too."""
    with pytest.raises(SSEError):
        fal.read([b"data: 1\n\n"], content_type=content_type)


def test_fal_client_believes_the_charset(fal: FalClient) -> None:
    """A charset parameter garbles the payload without an error."""
    assert fal.read(['data: "\u00e9"\n\n'.encode()], content_type=f"{EVENT_STREAM}; charset=iso-8859-1") == [
        "\u00c3\u00a9"
    ]
