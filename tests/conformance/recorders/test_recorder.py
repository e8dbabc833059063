"""The recorder over real sockets: what was sent is what is kept, and no endpoint can make it raise."""

import gzip
import json
import socket
import ssl
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
import trustme

from conformance.core import Chunk, Ending, Request, ResponseHead, ServerSentEvent, Transcript, write_transcript
from conformance.recorders import Recorder, RecordingLimits
from tests.conformance.conftest import SSE_HEAD, Reset, ServeScripts, Stall, chunked, event_stream

EVENT = b'data: {"step": 1}\n\n'
KEY = "key-id:0123456789abcdef"


def request_to(url: str, **changes: object) -> Request:
    return Request(
        **{
            "method": "POST",
            "url": url,
            "headers": (("accept-encoding", "identity"), ("content-type", "application/json")),
            "body": b'{"prompt": "x"}',
            **changes,
        }  # type: ignore[arg-type]
    )


def record(url: str, recorder: Recorder | None = None, **changes: object) -> Transcript:
    return (recorder or Recorder()).record("generation", request_to(url, **changes))


def impatient(**limits: float) -> Recorder:
    return Recorder(limits=RecordingLimits(**limits))  # type: ignore[arg-type]


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


def test_silence_ends_the_exchange(serve: ServeScripts) -> None:
    """An endpoint that falls silent is given up, and what came before is kept."""
    server = serve([*event_stream(EVENT, end=False), Stall])
    transcript = record(server.url, impatient(silence_seconds=0.3))
    assert (transcript.end.ending, transcript.end.detail) == (Ending.TIMED_OUT, "nothing arrived for 0.3 s")
    assert transcript.body == EVENT


def test_silence_before_the_head_ends_the_exchange(serve: ServeScripts) -> None:
    """An endpoint that never answers is given up."""
    transcript = record(serve([Stall]).url, impatient(silence_seconds=0.3))
    assert (transcript.end.ending, transcript.head) == (Ending.TIMED_OUT, None)


def test_a_slow_drip_ends_at_the_deadline(serve: ServeScripts) -> None:
    """A byte now and then does not keep the recorder for ever."""
    drip = [item for _ in range(60) for item in (b"1\r\n:\r\n", 0.05)]
    transcript = record(serve([*event_stream(end=False), *drip]).url, impatient(total_seconds=0.5))
    assert (transcript.end.ending, transcript.end.detail) == (
        Ending.LIMIT_REACHED,
        "the exchange took longer than 0.5 s",
    )
    assert transcript.end.at_ns < 1.5e9


def test_a_slow_drip_of_the_head_ends_at_the_deadline(serve: ServeScripts) -> None:
    """Nor does a head that comes byte by byte."""
    drip = [item for _ in range(60) for item in (b"X: y\r\n", 0.05)]
    transcript = record(serve([b"HTTP/1.1 200 OK\r\n", *drip]).url, impatient(total_seconds=0.5))
    assert transcript.end.ending is Ending.LIMIT_REACHED


def test_a_body_without_end_stops_at_the_byte_limit(serve: ServeScripts) -> None:
    """No more is kept than the limit and one read."""
    endless = [b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 200
    transcript = record(serve([*event_stream(end=False), *endless]).url, impatient(body_bytes=1_000_000))
    assert transcript.end.ending is Ending.LIMIT_REACHED
    assert len(transcript.body) <= 1_000_000 + 65536


def test_events_without_end_stop_at_the_event_limit(serve: ServeScripts) -> None:
    """A flood of tiny events ends."""
    flood = [b"1000\r\n" + b"data\n\n\n\n" * 512 + b"\r\n"] * 50
    transcript = record(serve([*event_stream(end=False), *flood]).url, impatient(events=1000))
    assert (transcript.end.ending, transcript.end.detail) == (Ending.LIMIT_REACHED, "there are more than 1000 events")


def test_a_probe_can_stop_after_some_events(serve: ServeScripts) -> None:
    """We hang up on purpose, and the transcript says that it was us."""
    server = serve([*event_stream(EVENT, EVENT, end=False), Stall])
    transcript = Recorder().record("invalid_input", request_to(server.url), stop_after_events=1)
    assert transcript.end.ending is Ending.ABANDONED


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


def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


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


@pytest.mark.parametrize("status", [307, 308])
def test_redirects_that_keep_the_method_are_followed(serve: ServeScripts, status: int) -> None:
    """307 and 308 are followed with method and body, and the last answer is the transcript's."""
    goal = serve(event_stream(EVENT))
    hop = serve([b"HTTP/1.1 %d R\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, goal.url.encode())])
    transcript = record(hop.url)
    assert (transcript.body, [item.url for item in transcript.redirects]) == (EVENT, [hop.url])
    assert goal.requests[0].startswith(b"POST ")
    assert goal.requests[0].endswith(b'{"prompt": "x"}')


@pytest.mark.parametrize("status", [301, 302, 303])
def test_redirects_that_lose_the_post_are_not_followed(serve: ServeScripts, status: int) -> None:
    """301, 302 and 303 would lose the POST, so they are the answer."""
    server = serve([b"HTTP/1.1 %d R\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n" % status])
    transcript = record(server.url)
    assert transcript.head is not None
    assert (transcript.head.status, len(server.requests)) == (status, 1)


def test_a_redirect_to_another_origin_gets_no_credentials(serve: ServeScripts) -> None:
    """A key never follows a redirect to a stranger."""
    stranger = serve(event_stream(EVENT))
    hop = serve([b"HTTP/1.1 307 R\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % stranger.url.encode()])
    record(hop.url, headers=(("Authorization", f"Key {KEY}"), ("X-Fal-Key", KEY), ("X-Other", "kept")))
    assert KEY.encode() in hop.requests[0]
    assert KEY.encode() not in stranger.requests[0]
    assert b"X-Other: kept" in stranger.requests[0]


def test_a_redirect_within_the_origin_keeps_credentials(serve: ServeScripts) -> None:
    """On the same host and port the key is still needed."""
    server = serve(
        [b"HTTP/1.1 307 R\r\nLocation: /moved\r\nContent-Length: 0\r\n\r\n"],
        event_stream(EVENT),
    )
    record(server.url, headers=(("Authorization", f"Key {KEY}"),))
    assert KEY.encode() in server.requests[1]


def test_a_redirect_loop_ends(serve: ServeScripts) -> None:
    """After ten hops the recorder stops."""
    server = serve([b"HTTP/1.1 307 R\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"])
    transcript = record(server.url)
    assert (transcript.end.ending, transcript.end.detail) == (Ending.LIMIT_REACHED, "more than 10 redirects")


def test_a_redirect_to_another_scheme_is_not_followed(serve: ServeScripts) -> None:
    """A file is not an endpoint."""
    server = serve([b"HTTP/1.1 307 R\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"])
    transcript = record(server.url)
    assert transcript.head is not None
    assert transcript.head.status == 307


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
