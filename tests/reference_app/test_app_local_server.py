"""The socket that the local server listens on."""

import socket

from reference_app.local_server import listen


def test_small_events_are_sent_at_once() -> None:
    """Its connections do not wait for acknowledgements: a preview behind a head would come 40 ms late."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
