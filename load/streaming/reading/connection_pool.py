"""The connections of one user: opened before a request is timed, kept for the next one where they can be."""

import ssl
import time
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import certifi
import gevent
from geventhttpclient.connectionpool import ConnectionPool

from load.streaming.reading.stamping_socket import StampingSocket
from load.streaming.reading.tls_socket import TlsSocket

__all__ = ["StampingPool", "tls_context"]

_DEFAULT_PORTS = {"http": 80, "https": 443}
# Servers close idle connections after five seconds (uvicorn, Node) or more. One that closes ours while the next
# request is on its way would be blamed for it, and a new connection is opened before that request is timed.
_LONGEST_IDLE_NS = 2_000_000_000


class StampingPool(ConnectionPool):
    """geventhttpclient's pool, of sockets that stamp what they read, with TLS and without."""

    def __init__(self, origin: str, *, timeout_seconds: float, size: int) -> None:
        """Open nothing yet.

        Args:
            origin: Scheme, host and port.
            timeout_seconds: The longest wait for a connection, TLS included.
            size: How many may be open at once.
        """
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]
        super().__init__(
            host, port, host, port, size=size, connection_timeout=timeout_seconds, network_timeout=timeout_seconds
        )
        self._is_tls = parts.scheme == "https"
        self._idle_since_ns: dict[int, int] = {}

    def return_socket(self, sock: Any) -> None:
        """Keep the connection for the next request."""
        self._idle_since_ns[id(sock)] = time.monotonic_ns()
        super().return_socket(sock)

    def _create_tcp_socket(self, family: int, socktype: int, protocol: int) -> StampingSocket:
        return StampingSocket(family, socktype, protocol)

    def _connect_socket(self, sock: Any, address: Any) -> Any:
        # Each read has its timeout; together they could go on.
        with gevent.Timeout(self.connection_timeout, TimeoutError("connecting took too long")):
            sock = super()._connect_socket(sock, address)
            return TlsSocket(sock, tls_context(), self._request_host) if self._is_tls else sock

    def _is_socket_alive(self, sock: Any) -> bool:
        idle_ns = time.monotonic_ns() - self._idle_since_ns.pop(id(sock), 0)
        # The pool's own way is gevent's select(), which lets every other stream go first.
        return bool(idle_ns <= _LONGEST_IDLE_NS and sock.is_quiet())


@cache
def tls_context() -> ssl.SSLContext:
    """What every connection trusts; made once, since each costs tens of milliseconds of certificate loading."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if paths.cafile is None and paths.capath is None:
        context.load_verify_locations(certifi.where())
    return context
