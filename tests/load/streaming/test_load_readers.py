"""The two readers, held together over the same streams, and before servers that mean no good."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from load.stream_row import Outcome
from tests.load.conftest import EVENT_STREAM, StandInEndpoint, picture_event
from tests.load.stream_visits import serve_tls, visit

READERS = ("precise", "fast")
HEAD = EVENT_STREAM + b"transfer-encoding: chunked\r\n\r\n"


def read_by(reader: str, folder, origin: str, paths: list[str], **options):
    further = (f"--reader={reader}", "--look-at=0", *options.pop("further_options", ()))
    (folder / reader).mkdir()
    return visit(folder / reader, origin, paths, further_options=further, **options)


def test_both_readers_see_the_same(endpoint: StandInEndpoint, tmp_path):
    """Over the same scripts the outcomes, details, events, pictures, steps and bytes are equal, whoever reads."""
    right = endpoint.script
    steps = tuple(picture_event(step=number, total_steps=3) for number in (1, 2, 3))
    endpoint.by_path = {
        "/right": right,
        "/steps": replace(right, events=steps),
        "/large": replace(right, events=(picture_event(400_000),) * 2),
        "/carriage-returns": replace(right, events=tuple(event.replace(b"\n", b"\r") for event in steps)),
        "/until-close": replace(right, is_chunked=False),
        "/torn": replace(right, is_torn=True),
        "/no-head": replace(right, head=None),
        "/interim": replace(right, head=b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + EVENT_STREAM),
        "/status": replace(right, head=b"HTTP/1.1 500 Oh\r\n"),
        "/error": replace(right, events=(b'data: {"error": "boom"}\n\n',)),
        "/not-http": replace(right, head=b"SSH-2.0-x\r\n"),
    }
    paths = list(endpoint.by_path)
    precise, fast = (read_by(reader, tmp_path, endpoint.origin, paths) for reader in READERS)
    assert {path: _seen(row) for path, row in precise.items()} == {path: _seen(row) for path, row in fast.items()}
    assert precise["/interim"].outcome is Outcome.COMPLETE
    assert [mark.step for mark in precise["/steps"].steps] == [1, 2, 3]


def _seen(row):
    return (row.outcome, row.detail, row.status, row.pictures, row.picture_bytes, row.steps, row.body_bytes)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_kernel_says_when_each_event_came(endpoint, tmp_path, monkeypatch, reader, scheme):
    """On Linux every event has a kernel stamp, after the request and not after the reader's, with TLS and without."""
    origin = endpoint.origin
    if scheme == "https":
        serve_tls(endpoint, "localhost", tmp_path, monkeypatch)
        origin = origin.replace("http://127.0.0.1", "https://localhost")
    row = read_by(reader, tmp_path, origin, ["/stream"])["/stream"]
    assert row.outcome is Outcome.COMPLETE
    assert len(row.kernel_ns) == len(row.event_ns)
    assert all(row.sent_ns < kernel_ns <= at_ns for kernel_ns, at_ns in zip(row.kernel_ns, row.event_ns, strict=True))


@dataclass
class _Hostile:
    origin: str


@pytest.fixture
def hostile() -> Iterator[Callable[[bytes, bytes], _Hostile]]:
    """A server that sends ``first`` to every connection, and then ``again`` for as long as it is taken."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Hostile(origin=f"http://127.0.0.1:{listener.getsockname()[1]}")

    def start(first: bytes, again: bytes) -> _Hostile:
        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, contextlib.suppress(OSError):
                        connection.recv(65_536)
                        connection.sendall(first)
                        while again:
                            connection.sendall(again)

        threading.Thread(target=serve, daemon=True).start()
        return server

    yield start
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("first", "again", "outcome", "detail"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"x-more: 1\r\n", Outcome.MALFORMED, "not over after 65536 bytes"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", Outcome.MALFORMED, "not over after 65536 bytes"),
        (HEAD + b"f" * 30 + b"\r\n", b"", Outcome.MALFORMED, "not valid HTTP"),
        (HEAD + b"7fffffffffffffff\r\ndata: ", b"", Outcome.TRUNCATED, "before the body was over"),
        (HEAD + b"2\r\n: \r\n", b"1\r\n\n\r\n", Outcome.TIMED_OUT, "outlasted 1 s"),
    ],
    ids=["endless head", "endless interim heads", "chunk size past 64 bits", "giant chunk", "endless comments"],
)
def test_a_hostile_server_is_given_up(hostile, tmp_path, reader, first, again, outcome, detail):
    """Whatever a server sends, a stream ends soon and says why."""
    server = hostile(first, again)
    row = read_by(reader, tmp_path, server.origin, ["/x"], further_options=("--longest-stream-seconds=1",))["/x"]
    assert (row.outcome, detail in row.detail) == (outcome, True), row.detail


@pytest.mark.parametrize("reader", READERS)
def test_a_connection_is_used_again(endpoint, tmp_path, monkeypatch, reader):
    """Streams of one user share a connection while it is whole, and one that was cut off is not used again."""
    served = []
    serve = endpoint.serve
    monkeypatch.setattr(endpoint, "serve", lambda connection: (served.append(1), serve(connection)))
    endpoint.by_path = {"/left-early": replace(endpoint.script)}
    rows = read_by(reader, tmp_path, endpoint.origin, ["/a", "/b", "/left-early", "/c"])
    assert rows["/left-early"].outcome is Outcome.LEFT
    assert {rows[path].outcome for path in ("/a", "/b", "/c")} == {Outcome.COMPLETE}
    assert sum(served) == 2


@pytest.mark.parametrize("reader", READERS)
def test_ipv6_is_spoken(tmp_path, reader):
    """An endpoint at [::1] is asked at that address, brackets and all in its Host field."""
    stand_in = StandInEndpoint()
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError as error:
        pytest.skip(f"this machine has no IPv6 loopback: {error}")
    with listener:
        port = listener.getsockname()[1]
        threading.Thread(target=lambda: stand_in.serve(listener.accept()[0]), daemon=True).start()
        row = read_by(reader, tmp_path, f"http://[::1]:{port}", ["/stream"])["/stream"]
    assert row.outcome is Outcome.COMPLETE
    assert f"Host: [::1]:{port}\r\n".encode() in stand_in.heads[0]
