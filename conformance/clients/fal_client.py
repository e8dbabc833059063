"""fal's Python client: httpx-sse over httpx, and ``json()`` of every event (fal_client 1.0, ``SyncClient.stream``).

The decoding is the real one, imported from httpx-sse. The client looks at the media type and never at the status, has
no read timeout, and yields what it has read before it raises.
"""

from collections.abc import Iterator
from typing import Any

from conformance.clients.reading import Reading
from conformance.core import Ending, Transcript
from conformance.stream.payload import Json

__all__ = ["read_with_fal_client"]

_BREAKS = {
    # Over TLS, which it always uses, a reset looks like a close.
    Ending.RESET: "RemoteProtocolError: the connection was reset",
    Ending.TRUNCATED: "RemoteProtocolError: the connection was closed before the message was complete",
    Ending.PROTOCOL_ERROR: "RemoteProtocolError: the answer is not HTTP",
}


class _BrokenOffError(Exception):
    """The answer broke off, where httpx raises an error of its own."""


def read_with_fal_client(answer: Transcript) -> Reading:
    """Read an answer as ``fal_client.stream`` does."""
    # Not at the top: httpx takes longer to import than everything else takes to judge.
    from httpx_sse import EventSource

    events: list[Json] = []
    try:
        for event in EventSource(_response(answer)).iter_sse():
            events.append(event.json())  # noqa: PERF401 - those before an error are delivered
    except _BrokenOffError:
        pass
    except Exception as error:
        return Reading.raising(f"{type(error).__name__}: {error}", events)
    return Reading.to_the_end(answer, events, broken=_BREAKS.get(answer.end.ending, ""))


def _response(answer: Transcript) -> Any:
    import httpx

    class Body(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield from (chunk.data for chunk in answer.chunks)
            if answer.end.ending in _BREAKS:
                raise _BrokenOffError

    head = answer.head
    if head is None:
        raise LookupError("no response came")
    headers = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in head.headers]
    return httpx.Response(head.status, headers=headers, stream=Body())
