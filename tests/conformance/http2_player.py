"""A transcript of HTTP/2 played by hand, header fields that no real server would send included.

The player of the package speaks HTTP/1 only; this one knows the endings that the samples have: a clean one, a reset of
the stream, silence.
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import trustme
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import StreamEnded

from conformance.core import Ending, Transcript
from tests.conformance.lockstep import Lockstep

__all__ = ["authority", "playing"]

_STREAM = 1


@cache
def authority() -> trustme.CA:
    """Signed the certificate; made once, since keys take time."""
    return trustme.CA()


@contextmanager
def playing(transcript: Transcript, lockstep: Lockstep) -> Iterator[str]:
    """Serve one request with the transcript, and give the URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2"])
    authority().issue_cert("localhost").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, context, transcript, lockstep), daemon=True)
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}/stream"
        thread.join(30)


def _serve(listener: socket.socket, context: ssl.SSLContext, transcript: Transcript, lockstep: Lockstep) -> None:
    connection, _ = listener.accept()
    with context.wrap_socket(connection, server_side=True) as secured:
        _Conversation(secured, lockstep).hold(transcript)


class _Conversation:
    def __init__(self, connection: ssl.SSLSocket, lockstep: Lockstep) -> None:
        self._connection = connection
        self._lockstep = lockstep
        self._sent_bytes = 0
        config = H2Configuration(client_side=False, validate_outbound_headers=False, normalize_outbound_headers=False)
        self._http2 = H2Connection(config)

    def hold(self, transcript: Transcript) -> None:
        self._http2.initiate_connection()
        self._send()
        self._read_request()
        assert transcript.head is not None
        self._lockstep.reach(transcript.phases.head_ns or 0, self._sent_bytes)
        self._http2.send_headers(_STREAM, [(":status", str(transcript.head.status)), *transcript.head.headers])
        self._send()
        for chunk in transcript.chunks:
            self._lockstep.reach(chunk.at_ns, self._sent_bytes)
            self._http2.send_data(_STREAM, chunk.data)
            self._send()
        self._lockstep.reach(transcript.end.at_ns, self._sent_bytes)
        if transcript.end.ending is Ending.RESET:
            self._http2.reset_stream(_STREAM)
        elif transcript.end.ending is not Ending.TIMED_OUT:
            self._http2.end_stream(_STREAM)
        self._send()
        # Closing before the client has left would reset the connection under what it has not read.
        while self._connection.recv(65_536):
            pass

    def _read_request(self) -> None:
        is_whole = False
        while not is_whole:
            events = self._http2.receive_data(self._connection.recv(65_536))
            is_whole = any(isinstance(event, StreamEnded) for event in events)
            self._send()

    def _send(self) -> None:
        data = self._http2.data_to_send()
        self._connection.sendall(data)
        self._sent_bytes += len(data)
