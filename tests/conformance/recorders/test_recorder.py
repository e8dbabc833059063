"""The recorder over real sockets: what was sent is what is kept, and no endpoint can make it raise."""

import gzip
import json
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
import trustme

from conformance.core import Chunk, Ending, ResponseHead, ServerSentEvent, write_transcript
from conformance.recorders import Recorder
from tests.conformance.conftest import SSE_HEAD, Reset, ServeScripts, Stall, chunked, event_stream
from tests.conformance.recorders.one_recording import EVENT, KEY, impatient, record, server_context


def test_body_bytes_are_kept_exactly(serve: ServeScripts) -> None:
    """Every byte of the body is kept, transfer coding removed, each chunk on its own."""
    server = serve(event_stream(EVENT, b"\xff\xfe: odd\r\n\r", b"\n"))
    assert record(server.url).body == EVENT + b"\xff\xfe: odd\r\n\r\n"


def test_each_chunk_bears_the_instant_of_its_read(serve: ServeScripts) -> None:
    """Chunks sent 200 ms apart are stamped about 200 ms apart, in order and before the end."""
    server = serve([SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(EVENT, end=False), 0.2, *chunked(EVENT)])
    transcript = record(server.url)
    first, second = (chunk.at_ns for chunk in transcript.chunks)
    assert 0.15e9 < second - first < 2e9
    assert transcript.end.at_ns >= second


def test_phases_are_in_order(serve: ServeScripts) -> None:
    """Name resolution, connection, request and head happen one after the other."""
    phases = record(serve(event_stream(EVENT)).url).phases
    instants = [phases.resolved_ns, phases.connected_ns, phases.request_sent_ns, phases.head_ns]
    assert instants == sorted(instants, key=lambda instant: -1 if instant is None else instant)
    assert phases.tls_ns is None


def test_head_keeps_order_case_and_repetition_of_fields(serve: ServeScripts) -> None:
    """Field lines are kept as written, both framings included when a server sends both."""
    head = (
        b"HTTP/1.1 200 OK\r\nX-B: 1\r\nContent-Type: text/event-stream\r\nx-b: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    transcript = record(serve([head, *chunked(EVENT)]).url)
    assert transcript.head == ResponseHead(
        status=200,
        http_version="HTTP/1.1",
        headers=(("X-B", "1"), ("Content-Type", "text/event-stream"), ("x-b", "2"), ("Transfer-Encoding", "chunked")),
    )


@pytest.mark.parametrize(
    ("script", "ending"),
    [
        pytest.param(event_stream(EVENT), Ending.COMPLETE, id="zero-chunk"),
        pytest.param([SSE_HEAD + b"Content-Length: 19\r\n\r\n" + EVENT], Ending.COMPLETE, id="content-length"),
        pytest.param([SSE_HEAD + b"\r\n" + EVENT], Ending.CLOSED, id="close-delimited"),
        pytest.param(event_stream(EVENT, end=False), Ending.TRUNCATED, id="no-zero-chunk"),
        pytest.param([SSE_HEAD + b"Content-Length: 99\r\n\r\n" + EVENT], Ending.TRUNCATED, id="short-body"),
        pytest.param([*event_stream(EVENT, end=False), 0.1, Reset], Ending.RESET, id="reset"),
        pytest.param([b"SSH-2.0-OpenSSH_9.9\r\n\r\n"], Ending.PROTOCOL_ERROR, id="no-http"),
        pytest.param([*event_stream(EVENT, end=False), b"zz\r\n"], Ending.PROTOCOL_ERROR, id="bad-chunk"),
        pytest.param([], Ending.TRUNCATED, id="closed-without-an-answer"),
    ],
)
def test_how_the_stream_ended_is_data(serve: ServeScripts, script: list[bytes], ending: Ending) -> None:
    """Each way to end is told apart."""
    assert record(serve(script).url).end.ending is ending


def test_a_refused_connection_is_unreachable() -> None:
    """Nobody listens: one line says so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    end = record(f"http://127.0.0.1:{port}/stream").end
    assert (end.ending, end.detail) == (Ending.UNREACHABLE, "no connection: Connection refused")


def test_an_unknown_name_is_unreachable() -> None:
    """The name that could not be resolved is in the text."""
    end = record("http://no-such-host.invalid/stream").end
    assert (end.ending, end.detail) == (
        Ending.UNREACHABLE,
        "the name 'no-such-host.invalid' could not be resolved",
    )


def test_tls_is_recorded_with_its_own_phase(serve: ServeScripts, tmp_path: Path) -> None:
    """With the authority trusted, a TLS endpoint is read like any other."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    server = serve(event_stream(EVENT), tls=server_context(authority))
    transcript = record(server.url, Recorder(ca_file=str(tmp_path / "ca.pem")))
    assert (transcript.body, transcript.end.ending) == (EVENT, Ending.COMPLETE)
    assert transcript.phases.tls_ns is not None


def test_an_untrusted_certificate_is_a_tls_failure(serve: ServeScripts) -> None:
    """The certificate's fault is named."""
    server = serve(event_stream(EVENT), tls=server_context(trustme.CA()))
    end = record(server.url).end
    assert end.ending is Ending.TLS_FAILED
    assert end.detail.startswith("TLS failed: the certificate is not trusted: ")


def test_a_peer_that_does_not_speak_tls_is_a_tls_failure(serve: ServeScripts) -> None:
    """A server that takes no part in the handshake is told from one that is not there."""
    server = serve([Stall])
    end = record(server.url.replace("http:", "https:"), impatient(connect_seconds=0.3)).end
    assert (end.ending, end.detail) == (Ending.TLS_FAILED, "TLS failed: the handshake took too long")


def test_no_written_line_holds_the_key(serve: ServeScripts) -> None:
    """A key that the endpoint echoes in head and body is masked before anything can be written."""
    echo = b'data: {"key": "' + KEY.encode() + b'"}\n\n'
    server = serve([SSE_HEAD + b"X-Echo: " + KEY.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n", *chunked(echo)])
    transcript = record(server.url, headers=(("Authorization", f"Key {KEY}"),))
    assert [line for line in write_transcript(transcript) if KEY in line or "0123456789abcdef" in line] == []
    assert (len(transcript.body), transcript.masked_secrets) == (len(echo), 2)


def test_no_written_line_holds_a_key_that_came_back_compressed(serve: ServeScripts) -> None:
    """A body that hides the key in gzip is kept decoded and masked."""
    packed = gzip.compress(b'data: {"key": "' + KEY.encode() + b'"}\n\n')
    server = serve([SSE_HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", *chunked(packed)])
    transcript = record(server.url, headers=(("Authorization", f"Key {KEY}"),))
    assert transcript.body == b'data: {"key": "' + b"*" * len(KEY) + b'"}\n\n'
    assert (transcript.masked_secrets, transcript.head and transcript.head.value("content-encoding")) == (1, None)


def test_content_coding_is_kept_as_it_came(serve: ServeScripts) -> None:
    """Compressed bytes are evidence too: the transcript keeps them, and does not decode."""
    packed = gzip.compress(EVENT)
    server = serve([SSE_HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", *chunked(packed)])
    assert record(server.url).body == packed


class Watcher:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.heads: list[int] = []
        self.data: list[str] = []

    def on_head(self, head: ResponseHead, at_ns: int) -> None:
        self.heads.append(head.status)

    def on_chunk(self, chunk: Chunk, events: Sequence[ServerSentEvent]) -> None:
        self.data.extend(event.data for event in events)


def test_the_observer_is_told_while_the_stream_runs(serve: ServeScripts) -> None:
    """Head and events reach the observer as they arrive."""
    watcher = Watcher()
    record(serve(event_stream(EVENT, EVENT)).url, Recorder(observer=watcher))
    assert (watcher.heads, [json.loads(data) for data in watcher.data]) == ([200], [{"step": 1}, {"step": 1}])


def test_ctrl_c_keeps_what_was_recorded(serve: ServeScripts) -> None:
    """An interrupt ends the exchange as abandoned by us, with everything so far."""

    class Interrupter(Watcher):
        def on_chunk(self, chunk: Chunk, events: Sequence[ServerSentEvent]) -> None:
            raise KeyboardInterrupt

    recorder = Recorder(observer=Interrupter())
    transcript = record(serve([*event_stream(EVENT, end=False), Stall]).url, recorder)
    assert (transcript.end.ending, transcript.body, recorder.interrupted) == (Ending.ABANDONED, EVENT, True)


def test_ipv6_and_ipv4_names_are_tried_in_turn(serve: ServeScripts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name whose first address refuses is still reached at its second."""
    server = serve(event_stream(EVENT))
    real = socket.getaddrinfo

    def two_addresses(host: str, port: int, *options: object, **named: object) -> list[object]:
        found = real("127.0.0.1" if host == "localhost" else host, port, type=socket.SOCK_STREAM)
        refused = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", port))
        return [refused, *found] if host == "localhost" else found

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
    assert record(server.url).body == EVENT


def test_a_recorder_can_be_used_from_several_threads(serve: ServeScripts) -> None:
    """Exchanges of one recorder do not mix."""
    server = serve(event_stream(EVENT))
    recorder = Recorder()
    bodies: list[bytes] = []
    threads = [threading.Thread(target=lambda: bodies.append(record(server.url, recorder).body)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bodies == [EVENT] * 4
