"""Where fal's own client reads a stream otherwise than ours.

None of them is an oracle. A difference that is pinned here is one that the rules warn of; when a new release of
a reader changes it, the test that names it fails, and the rule that leans on it can be looked at again.
"""

import json

import pytest
from httpx_sse import SSEError

from tests.conformance.core.other_readers import (
    EVENT_STREAM,
    MARK,
    FalClient,
    with_ours,
)


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
