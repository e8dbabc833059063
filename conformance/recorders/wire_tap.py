"""A network backend for httpcore that notes when each socket operation happened, and keeps to a deadline.

httpx and httpcore report neither the time of name resolution nor the instant of each read; this layer sits
between them and the socket, where both can be had. httpcore's own backend does the work.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpcore

from conformance.core import Phases
from conformance.probing.reach import Reach
from conformance.recorders.limits import RecordingLimits

__all__ = ["STRAY_SECONDS", "DeadlineError", "NameNotFoundError", "OutOfReachError", "TlsError", "WireLog", "WireTap"]

_NS_PER_SECOND = 1_000_000_000
_SLOW_RECEIVE_BUFFER_BYTES = 16 * 1024
_UNREAD_BYTES = 64 * 1024
# Stray bytes may lie in a packet of their own; an answer to nothing must not be taken for the next one.
STRAY_SECONDS = 0.1


class DeadlineError(Exception):
    """The exchange as a whole took too long."""


class NameNotFoundError(Exception):
    """The host's name could not be resolved."""


class OutOfReachError(Exception):
    """The host is where we must not go; the text says why."""


class TlsError(Exception):
    """The TLS handshake failed; the text says why."""


@dataclass(slots=True, kw_only=True)
class WireLog:
    """Instants of one exchange, in nanoseconds since its start.

    Attributes:
        clock: A monotonic clock in nanoseconds.
        start_ns: The clock's reading at the start of the exchange.
        deadline_ns: When the exchange must be over, since its start.
        last_read_ns: When the last read returned.
        last_write_ns: When the last write of the request returned.
        peer_closed: Whether a read returned the end of the connection.
    """

    clock: Callable[[], int]
    start_ns: int
    deadline_ns: int
    last_read_ns: int = 0
    last_write_ns: int | None = None
    resolved_ns: int | None = None
    connected_ns: int | None = None
    tls_ns: int | None = None
    peer_closed: bool = False
    _reading: bool = field(default=False)

    def now_ns(self) -> int:
        """Nanoseconds since the start of the exchange."""
        return self.clock() - self.start_ns

    def remaining_seconds(self) -> float:
        """Time left before the deadline.

        Raises:
            DeadlineError: There is none.
        """
        remaining_ns = self.deadline_ns - self.now_ns()
        if remaining_ns <= 0:
            raise DeadlineError
        return remaining_ns / _NS_PER_SECOND

    @property
    def has_read(self) -> bool:
        """Whether anything was read in this hop."""
        return self._reading

    def note_write(self) -> None:
        """A write returned; once an answer is being read, writes are no longer the request."""
        if not self._reading:
            self.last_write_ns = self.now_ns()

    def note_read(self, data: bytes) -> None:
        """A read returned."""
        self._reading = True
        self.last_read_ns = self.now_ns()
        self.peer_closed = not data

    def start_hop(self) -> None:
        """A new connection begins; what was noted of the one before no longer counts."""
        self.resolved_ns = self.connected_ns = self.tls_ns = self.last_write_ns = None
        self.peer_closed = self._reading = False

    def phases(self, head_ns: int | None) -> Phases:
        """The instants as a transcript keeps them."""
        return Phases(
            resolved_ns=self.resolved_ns,
            connected_ns=self.connected_ns,
            tls_ns=self.tls_ns,
            request_sent_ns=self.last_write_ns,
            head_ns=head_ns,
        )


class WireTap(httpcore.NetworkBackend):
    """Connects, and hands out streams that note their instants.

    Attributes:
        log: Where the instants go; another one for each exchange on the same connection.
        limits: Bounds of each wait.
        address: The IP address of the connection, once there is one.
    """

    def __init__(
        self,
        log: WireLog,
        limits: RecordingLimits,
        *,
        bytes_per_second: int | None = None,
        reach: Reach | None = None,
    ) -> None:
        self.log = log
        self.limits = limits
        self.address: str | None = None
        self._reach = reach
        self._stream: httpcore.NetworkStream | None = None
        self._is_shut = False
        self._bytes_per_second = bytes_per_second
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve the name, then try its addresses in order."""
        addresses = self._resolve(host, port)
        self.log.resolved_ns = self.log.now_ns()
        if self._reach is not None:
            self._require_reach(self._reach, host, addresses)
        for address in addresses[:-1]:
            try:
                return self._connect(address, port, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(addresses[-1], port, local_address, socket_options)

    def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NameNotFoundError(host) from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def _require_reach(self, reach: Reach, host: str, addresses: Iterable[str]) -> None:
        # Here and not before: a name may lead to another address each time that it is resolved.
        refusals = [refusal for address in addresses if (refusal := reach.address_refusal(host, address)) is not None]
        if refusals:
            raise OutOfReachError(refusals[0])

    def _connect(
        self, address: str, port: int, local_address: str | None, socket_options: Iterable[Any] | None
    ) -> httpcore.NetworkStream:
        timeout = min(self.limits.connect_seconds, self.log.remaining_seconds())
        options = [*(socket_options or ())]
        if self._bytes_per_second is not None:
            options.append((socket.SOL_SOCKET, socket.SO_RCVBUF, _SLOW_RECEIVE_BUFFER_BYTES))
        stream = self._backend.connect_tcp(address, port, timeout, local_address, options)
        self.log.connected_ns = self.log.now_ns()
        self.address = address
        if self._bytes_per_second is not None:
            stream = _SlowStream(stream, self._bytes_per_second)
        return self.listen(stream)

    def listen(self, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        """The stream as the layers above use it."""
        self._stream = stream
        if self._is_shut:
            self.shut()
        return _TappedStream(stream, self)

    @property
    def speaks_http2(self) -> bool:
        """Whether both sides agreed on HTTP/2 in the TLS handshake."""
        secured = self._stream.get_extra_info("ssl_object") if self._stream is not None else None
        return secured is not None and secured.selected_alpn_protocol() == "h2"

    def unread(self) -> bytes:
        """What the peer sent and nobody has read; empty as well where it has closed the connection."""
        try:
            return self._stream.read(_UNREAD_BYTES, STRAY_SECONDS) if self._stream is not None else b""
        except (httpcore.ReadTimeout, httpcore.ReadError):
            return b""

    def shut(self) -> None:
        """End the connection under a read that another thread waits for, or as soon as it is made."""
        self._is_shut = True
        if self._stream is not None:
            with suppress(OSError):
                self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class _SlowStream(httpcore.NetworkStream):
    """Reads little at a time and pauses after each read, as a phone on a bad line does."""

    def __init__(self, stream: httpcore.NetworkStream, bytes_per_second: int) -> None:
        self._stream = stream
        self._bytes_per_second = bytes_per_second

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(min(max_bytes, _SLOW_RECEIVE_BUFFER_BYTES), timeout)
        time.sleep(len(data) / self._bytes_per_second)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _SlowStream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._bytes_per_second)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _TappedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, tap: WireTap) -> None:
        self._stream = stream
        self._tap = tap

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        remaining = self._tap.log.remaining_seconds()
        try:
            data = self._stream.read(max_bytes, min(self._tap.limits.silence_seconds, remaining))
        except httpcore.ReadTimeout as error:
            if remaining <= self._tap.limits.silence_seconds:
                raise DeadlineError from error
            raise
        self._tap.log.note_read(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, min(self._tap.limits.silence_seconds, self._tap.log.remaining_seconds()))
        self._tap.log.note_write()

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        timeout = min(self._tap.limits.connect_seconds, self._tap.log.remaining_seconds())
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, timeout)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise TlsError(_tls_reason(error)) from error
        self._tap.log.tls_ns = self._tap.log.now_ns()
        return self._tap.listen(stream)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _tls_reason(error: Exception) -> str:
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return f"{cause.reason or cause}".replace("_", " ").lower()
    return "the handshake took too long" if isinstance(error, httpcore.ConnectTimeout) else str(error)
