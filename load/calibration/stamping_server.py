"""A server on the loopback that sends events at a set cadence, each with the instant at which it was sent.

It runs as a process of its own, so that it shares the machine's monotonic clock with the reader and nothing else::

    python -m load.calibration.stamping_server --event-bytes 50000 --cadence-ms 100 --events 20

prints its port, and ends when its input does.
"""

import argparse
import heapq
import json
import selectors
import socket
import sys
import time

from load.calibration.stamped_event import StampedChunk

__all__ = ["StampingServer"]

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_END = b"0\r\n\r\n"
_REQUEST_END = b"\r\n\r\n"
_MOST_REQUEST_BYTES = 1_000_000
_NS_PER_SECOND = 1_000_000_000
_BACKLOG = 4096


class _Connection:
    """One client: what it has sent of a request, and what is still to be sent to it."""

    __slots__ = ("events_left", "pending", "request", "sock")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.request = b""
        self.pending = b""
        self.events_left = 0


class StampingServer:
    """Serves until its input ends. One thread: an event is due, is stamped, and is handed to the kernel.

    Attributes:
        port: Where it listens.
        late_ns: By how much the latest event was sent after it was due.
        sent: How many events were sent.
    """

    def __init__(self, *, event_bytes: int, cadence_ms: float, events: int) -> None:
        """Listen on a free port.

        Args:
            event_bytes: How large an event is.
            cadence_ms: From the request to the first event, and from one to the next.
            events: How many a stream has.
        """
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        self._listener.setblocking(False)
        self.port = int(self._listener.getsockname()[1])
        self.late_ns = 0
        self.sent = 0
        self._chunk = StampedChunk(event_bytes)
        self._cadence_ns = round(cadence_ms * 1_000_000)
        self._events = events
        self._due: list[tuple[int, int, _Connection]] = []
        self._ties = 0
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)

    def serve(self, stdin_fd: int) -> None:
        """Serve until the input ends."""
        self._selector.register(stdin_fd, selectors.EVENT_READ)
        while True:
            for key, mask in self._selector.select(self._seconds_to_next()):
                if key.fileobj == stdin_fd:
                    return
                self._handle(key.data, mask)
            self._send_due()

    def _seconds_to_next(self) -> float | None:
        if not self._due:
            return None
        return max(0.0, (self._due[0][0] - time.monotonic_ns()) / _NS_PER_SECOND)

    def _handle(self, connection: _Connection | None, mask: int) -> None:
        if connection is None:
            self._accept()
        elif mask & selectors.EVENT_WRITE:
            self._write(connection, b"")
        else:
            self._read(connection)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except BlockingIOError:
                return
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(sock, selectors.EVENT_READ, _Connection(sock))

    def _read(self, connection: _Connection) -> None:
        try:
            data = connection.sock.recv(65_536)
        except OSError:
            data = b""
        connection.request += data
        if not data or len(connection.request) > _MOST_REQUEST_BYTES:
            self._close(connection)
        elif self._is_whole(connection.request):
            connection.request = b""
            connection.events_left = self._events
            self._write(connection, _HEAD)
            self._plan(connection, time.monotonic_ns() + self._cadence_ns)

    @staticmethod
    def _is_whole(request: bytes) -> bool:
        head, end, body = request.partition(_REQUEST_END)
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return bool(end) and len(body) >= (int(lengths[0].split(b":")[1]) if lengths else 0)

    def _plan(self, connection: _Connection, due_ns: int) -> None:
        self._ties += 1
        heapq.heappush(self._due, (due_ns, self._ties, connection))

    def _send_due(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic_ns():
            due_ns, _, connection = heapq.heappop(self._due)
            if connection.sock.fileno() < 0:
                continue
            now_ns = time.monotonic_ns()
            self.late_ns = max(self.late_ns, now_ns - due_ns)
            self._chunk.stamp(now_ns)
            self._write(connection, self._chunk.data)
            self.sent += 1
            connection.events_left -= 1
            if connection.events_left:
                self._plan(connection, due_ns + self._cadence_ns)
            else:
                self._write(connection, _END)

    def _write(self, connection: _Connection, data: bytes | bytearray) -> None:
        if connection.pending:
            data = connection.pending + bytes(data)
        try:
            sent = connection.sock.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._close(connection)
            return
        # A copy, since the next stamp is written over the chunk.
        had_pending, connection.pending = bool(connection.pending), bytes(memoryview(data)[sent:])
        if bool(connection.pending) != had_pending:
            mask = selectors.EVENT_READ | (selectors.EVENT_WRITE if connection.pending else 0)
            self._selector.modify(connection.sock, mask, connection)

    def _close(self, connection: _Connection) -> None:
        if connection.sock.fileno() >= 0:
            self._selector.unregister(connection.sock)
            connection.sock.close()


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--event-bytes", type=int, required=True)
    parser.add_argument("--cadence-ms", type=float, required=True)
    parser.add_argument("--events", type=int, required=True)
    options = parser.parse_args()
    server = StampingServer(event_bytes=options.event_bytes, cadence_ms=options.cadence_ms, events=options.events)
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    began, used = time.monotonic(), time.process_time()
    server.serve(sys.stdin.fileno())
    share = (time.process_time() - used) / max(time.monotonic() - began, 1e-9)
    told = {"sent": server.sent, "late_ns": server.late_ns, "processor_share": share}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    _main()
