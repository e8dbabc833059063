"""HTTP/2 over TLS with whatever header fields a test gives it, which real servers would take out."""

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.servers.http2_conversation import Http2Conversation
from tests.end_to_end.servers.story import Story, objection
from tests.end_to_end.servers.tls_listener import listening

Fields = list[tuple[str, str]]


@contextmanager
def serve(story: Story, folder: Path, *, headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the URL and the file of the authority that signed its certificate.

    Args:
        story: What it tells; it must fit into a window of 64 KiB.
        folder: Where the authority's certificate may be written.
        headers: Of the stream, sent as they are.
    """
    with listening(lambda connection: _Conversation(connection, story, headers).hold(), folder, protocols=["h2"]) as at:
        yield at


class _Conversation(Http2Conversation):
    """Tells the story."""

    def __init__(self, connection: ssl.SSLSocket, story: Story, headers: Mapping[str, str]) -> None:
        super().__init__(connection)
        self._story = story
        self._headers = headers

    def _respond(self, stream: int) -> None:
        if self._method != "POST":
            self._http2.send_headers(stream, [(":status", "405"), ("allow", "POST")], end_stream=True)
        elif (refusal := objection(self._body)) is not None:
            self._http2.send_headers(stream, [(":status", "422"), ("content-type", "application/json")])
            self._http2.send_data(stream, json.dumps(refusal).encode(), end_stream=True)
        else:
            fields: Fields = [(":status", "200"), ("content-type", "text/event-stream"), *self._headers.items()]
            self._http2.send_headers(stream, fields)
            for beat in self._story:
                self._flush()
                time.sleep(beat.after_seconds)
                self._http2.send_data(stream, beat.wire)
            self._http2.end_stream(stream)
