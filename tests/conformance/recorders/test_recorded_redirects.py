"""Redirects: which are followed, and what never goes with them."""

import pytest

from conformance.core import Ending
from tests.conformance.conftest import ServeScripts, event_stream
from tests.conformance.recorders.one_recording import EVENT, KEY, record

__all__ = []


@pytest.mark.parametrize("status", [307, 308])
def test_redirects_that_keep_the_method_are_followed(serve: ServeScripts, status: int) -> None:
    """307 and 308 are followed with method and body, and the last answer is the transcript's."""
    goal = serve(event_stream(EVENT))
    hop = serve([b"HTTP/1.1 %d R\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, goal.url.encode())])
    transcript = record(hop.url)
    assert (transcript.body, [item.url for item in transcript.redirects]) == (EVENT, [hop.url])
    assert goal.requests[0].startswith(b"POST ")
    assert goal.requests[0].endswith(b'{"prompt": "x"}')


@pytest.mark.parametrize("status", [301, 302, 303])
def test_redirects_that_lose_the_post_are_not_followed(serve: ServeScripts, status: int) -> None:
    """301, 302 and 303 would lose the POST, so they are the answer."""
    server = serve([b"HTTP/1.1 %d R\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n" % status])
    transcript = record(server.url)
    assert transcript.head is not None
    assert (transcript.head.status, len(server.requests)) == (status, 1)


def test_a_redirect_to_another_origin_gets_no_credentials(serve: ServeScripts) -> None:
    """A key never follows a redirect to a stranger."""
    stranger = serve(event_stream(EVENT))
    hop = serve([b"HTTP/1.1 307 R\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % stranger.url.encode()])
    record(hop.url, headers=(("Authorization", f"Key {KEY}"), ("X-Fal-Key", KEY), ("X-Other", "kept")))
    assert KEY.encode() in hop.requests[0]
    assert KEY.encode() not in stranger.requests[0]
    assert b"X-Other: kept" in stranger.requests[0]


def test_a_redirect_within_the_origin_keeps_credentials(serve: ServeScripts) -> None:
    """On the same host and port the key is still needed."""
    server = serve(
        [b"HTTP/1.1 307 R\r\nLocation: /moved\r\nContent-Length: 0\r\n\r\n"],
        event_stream(EVENT),
    )
    record(server.url, headers=(("Authorization", f"Key {KEY}"),))
    assert KEY.encode() in server.requests[1]


def test_a_redirect_loop_ends(serve: ServeScripts) -> None:
    """After ten hops the recorder stops."""
    server = serve([b"HTTP/1.1 307 R\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"])
    transcript = record(server.url)
    assert (transcript.end.ending, transcript.end.detail) == (Ending.LIMIT_REACHED, "more than 10 redirects")


def test_a_redirect_to_another_scheme_is_not_followed(serve: ServeScripts) -> None:
    """A file is not an endpoint."""
    server = serve([b"HTTP/1.1 307 R\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"])
    transcript = record(server.url)
    assert transcript.head is not None
    assert transcript.head.status == 307
