"""One HTTP/2 connection of a server written by hand: requests are read, answers are a subclass's own affair."""

import ssl
from abc import ABC, abstractmethod

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded

__all__ = ["Http2Conversation"]


class Http2Conversation(ABC):
    """One connection, with one request after the other."""

    def __init__(self, connection: ssl.SSLSocket) -> None:
        self._connection = connection
        config = H2Configuration(client_side=False, validate_outbound_headers=False, normalize_outbound_headers=False)
        self._http2 = H2Connection(config)
        self._method, self._body = "", b""

    def hold(self) -> None:
        """Answer until the client leaves."""
        self._http2.initiate_connection()
        self._flush()
        while data := self._connection.recv(65_536):
            for event in self._http2.receive_data(data):
                if isinstance(event, RequestReceived):
                    self._method, self._body = dict(event.headers)[b":method"].decode(), b""
                elif isinstance(event, DataReceived):
                    self._body += event.data
                elif isinstance(event, StreamEnded):
                    self._respond(event.stream_id)
            self._flush()

    @abstractmethod
    def _respond(self, stream: int) -> None:
        """Answer the request that was read."""

    def _flush(self) -> None:
        self._connection.sendall(self._http2.data_to_send())
