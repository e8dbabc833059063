"""Other readers of event streams agree with ours on plain streams."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.core.other_readers import (
    FalClient,
    with_httpx_sse,
    with_ours,
    with_sseclient,
)

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
