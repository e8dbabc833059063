"""TLS connections for servers written by hand, each held in a thread of its own."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import trustme

__all__ = ["listening"]


@contextmanager
def listening(
    hold: Callable[[ssl.SSLSocket], None], folder: Path, *, protocols: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Give the URL of a stream route, and the file of the authority that signed the certificate.

    Args:
        hold: Serves one connection until it is over.
        folder: Where the authority's certificate may be written.
        protocols: What is on offer in the handshake (ALPN), the favourite first.
    """
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(list(protocols))
    authority.issue_cert("localhost").configure_cert(context)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_accept, args=(listener, context, hold), daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{listener.getsockname()[1]}/stream", str(folder / "ca.pem")
    finally:
        # Closing alone does not wake a thread that waits in accept.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def _accept(listener: socket.socket, context: ssl.SSLContext, hold: Callable[[ssl.SSLSocket], None]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_secure, args=(connection, context, hold), daemon=True).start()


def _secure(connection: socket.socket, context: ssl.SSLContext, hold: Callable[[ssl.SSLSocket], None]) -> None:
    with suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
        hold(secured)
