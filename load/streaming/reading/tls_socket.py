"""TLS over a socket that stamps: the bytes pass through memory, so that the kernel's stamps are kept."""

import ssl
from typing import Any

from load.streaming.reading.stamping_socket import StampingSocket

__all__ = ["TlsSocket"]

_BLOCK_BYTES = 65_536
_HANDSHAKE_STEPS = 100


class TlsSocket:
    """A TLS connection that looks like the :class:`StampingSocket` below it.

    An event's instants are those of the read that brought its last TLS record.
    """

    def __init__(self, sock: StampingSocket, context: ssl.SSLContext, server_hostname: str) -> None:
        """Shake hands.

        Args:
            sock: A connected socket with a timeout.
            context: What to trust.
            server_hostname: The name that the certificate must be for.

        Raises:
            OSError: The handshake failed; :class:`ssl.SSLError` when TLS is why, and TimeoutError.
        """
        self._sock = sock
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_hostname)
        self._block = memoryview(bytearray(_BLOCK_BYTES))
        self._shake_hands()

    @property
    def at_ns(self) -> int:
        """When the last read below returned."""
        return self._sock.at_ns

    @property
    def kernel_ns(self) -> int | None:
        """When the kernel received the last byte of it, or None."""
        return self._sock.kernel_ns

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """Read what has arrived, and wait only where nothing has."""
        buffer = bytearray(bufsize)
        return bytes(memoryview(buffer)[: self.recv_into(buffer)])

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Read what has arrived into the buffer, and wait only where nothing has."""
        view: Any = memoryview(buffer)
        count = 0
        while not count:
            is_over = False
            try:
                # One record a call, of at most 16 kB.
                while count < len(view):
                    got: Any = self._tls.read(len(view) - count, view[count:])
                    if not got:
                        is_over = True
                        break
                    count += got
            except ssl.SSLWantReadError:
                pass
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                # Servers that close without saying so are common, and the framing of HTTP notices what is missing.
                is_over = True
            if count or is_over:
                break
            self._flush()
            self._fill()
        return count

    def sendall(self, data: bytes) -> None:
        """Write all of it."""
        view = memoryview(data)
        while view:
            view = view[self._tls.write(view) :]
            self._flush()

    def is_quiet(self) -> bool:
        """Whether nothing has come since the last read, not even the end of the connection."""
        return self._sock.is_quiet()

    def settimeout(self, seconds: float | None) -> None:
        """How long a read or write may wait."""
        self._sock.settimeout(seconds)

    def fileno(self) -> int:
        """The descriptor, -1 once closed."""
        return int(self._sock.fileno())

    def close(self) -> None:
        """Hang up without a farewell, which nobody waits for."""
        self._sock.close()

    def _shake_hands(self) -> None:
        # A server that never ends its handshake is bounded in bytes by this, and in time by the caller.
        for _ in range(_HANDSHAKE_STEPS):
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                self._fill()
            except ssl.SSLError:
                self._flush()
                raise
            else:
                self._flush()
                return
        raise ssl.SSLError(ssl.SSL_ERROR_SSL, "the handshake does not end")

    def _fill(self) -> None:
        count = self._sock.recv_into(self._block)
        if count:
            self._incoming.write(self._block[:count])
        else:
            self._incoming.write_eof()

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._sock.sendall(self._outgoing.read())
