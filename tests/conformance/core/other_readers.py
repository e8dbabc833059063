"""Other readers of event streams, to compare with: what each makes of the same pieces."""

from typing import Any

import httpx
from fal_client import SyncClient
from httpx_sse import EventSource
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
