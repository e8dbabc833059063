"""A second request on the connection of the first: what is reused, what is opened anew, what is found behind an end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from conformance.core import Ending, Request, Transcript
from conformance.recorders import KeptConnection, Recorder, RecordingLimits
from tests.conformance.conftest import SSE_HEAD, ServeScripts, event_stream
from tests.conformance.keep_alive import Close, ConversationServer, Step, conversing
from tests.conformance.recorders.one_recording import EVENT, record, request_to, server_context

HEAD = SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
STREAM = HEAD + b"%x\r\n%s\r\n0\r\n\r\n" % (len(EVENT), EVENT)
REFUSAL = b"HTTP/1.1 405 M\r\nAllow: POST\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Conversation:
    """Records a stream and then a GET, over one kept connection where the server lets it."""

    server: ConversationServer
    recorder: Recorder

    def hold(self) -> tuple[Transcript, Transcript]:
        connection = KeptConnection()
        first = self.recorder.record("generation", request_to(self.server.url), connection=connection)
        get = Request(method="GET", url=self.server.url)
        second = self.recorder.record("reused_connection", get, connection=connection)
        connection.close()
        return first, second


@contextmanager
def talking(
    stream: Sequence[Step], get: Sequence[Step] = (REFUSAL,), *, folder: Path | None = None
) -> Iterator[Conversation]:
    """A server that answers POST with one thing and GET with another, over TLS where a folder is given for its CA."""
    limits = RecordingLimits(silence_seconds=0.5)
    authority = trustme.CA() if folder is not None else None
    ca_file = str(folder / "ca.pem") if folder is not None else None
    if authority is not None and ca_file is not None:
        authority.cert_pem.write_to_path(ca_file)
    tls = server_context(authority) if authority is not None else None
    with conversing(lambda request: stream if request.startswith(b"POST") else get, tls=tls) as server:
        yield Conversation(server, Recorder(limits=limits, ca_file=ca_file))


@pytest.fixture(params=["plain", "tls"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """Where the CA goes; None for plain TCP."""
    return tmp_path if request.param == "tls" else None


def test_the_connection_is_used_again(folder: Path | None) -> None:
    """Both requests come over one connection, and only the first transcript has a connection to tell of."""
    with talking([STREAM], folder=folder) as conversation:
        first, second = conversation.hold()
    assert [number for number, _ in conversation.server.requests] == [0, 0]
    assert (first.end.ending, second.end.ending) == (Ending.COMPLETE, Ending.COMPLETE)
    assert (first.phases.connected_ns is None, second.phases.connected_ns, second.phases.tls_ns) == (False, None, None)
    assert second.head is not None
    assert second.head.status == 405


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param([STREAM, Close], id="FIN"),
        pytest.param([STREAM.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1), Close], id="Connection"),
        pytest.param([b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + EVENT, Close], id="HTTP-1.0"),
    ],
)
def test_a_connection_that_was_closed_politely_is_replaced(folder: Path | None, stream: list[Step]) -> None:
    """The second request goes over a connection of its own, and its transcript says so."""
    with talking(stream, folder=folder) as conversation:
        _, second = conversation.hold()
    assert second.phases.connected_ns is not None
    assert second.head is not None
    assert second.head.status == 405


def test_a_408_for_idling_is_no_stray_byte(folder: Path | None) -> None:
    """A server that says why it closes an idle connection has closed it, whether or not we have seen that yet."""
    notice = b"HTTP/1.1 408 T\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with talking([STREAM, notice, Close], folder=folder) as conversation:
        _, second = conversation.hold()
    assert second.phases.connected_ns is not None or second.end.ending in (Ending.TRUNCATED, Ending.RESET)


def test_a_connection_that_is_closed_at_the_next_request_is_a_truncated_answer(folder: Path | None) -> None:
    """The race at a keep-alive timeout is told from an answer that is not HTTP."""
    with talking([STREAM], [Close], folder=folder) as conversation:
        _, second = conversation.hold()
    assert (second.head, second.end.ending) == (None, Ending.TRUNCATED)


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param([STREAM + b"oops"], id="same-read"),
        pytest.param([STREAM, b"oops"], id="next-write"),
        pytest.param([STREAM + b"\r\n"], id="a-line-break-too-many"),
        pytest.param([STREAM + b"0\r\n\r\n"], id="a-second-zero-chunk"),
        pytest.param([STREAM + REFUSAL], id="a-second-answer-in-the-same-read"),
        pytest.param([STREAM, 0.05, REFUSAL], id="a-second-answer-later"),
    ],
)
def test_bytes_behind_the_end_are_not_taken_for_an_answer(folder: Path | None, stream: list[Step]) -> None:
    """Wherever they came, the second exchange is a protocol error without a head."""
    with talking(stream, [0.2, REFUSAL], folder=folder) as conversation:
        first, second = conversation.hold()
    assert (first.end.ending, first.body) == (Ending.COMPLETE, EVENT)
    assert (second.head, second.end.ending) == (None, Ending.PROTOCOL_ERROR)


def test_bytes_that_follow_while_the_next_request_is_on_its_way_are_found(folder: Path | None) -> None:
    """They stand where the next answer should begin."""
    with talking([STREAM], [b"oops\r\n", REFUSAL], folder=folder) as conversation:
        _, second = conversation.hold()
    assert (second.head, second.end.ending) == (None, Ending.PROTOCOL_ERROR)


def test_silence_on_a_kept_connection_is_given_up(folder: Path | None) -> None:
    """A server that reads no second request is told from one that closed."""
    with talking([STREAM], [1.5], folder=folder) as conversation:
        _, second = conversation.hold()
    assert (second.head, second.end.ending, second.phases.connected_ns) == (None, Ending.TIMED_OUT, None)


def test_a_generation_over_a_kept_connection_is_recorded_as_any_other(serve: ServeScripts) -> None:
    """A redirect to another server gives the same transcript, phases of the last hop included."""
    goal = serve(event_stream(EVENT))
    hop = serve([b"HTTP/1.1 307 R\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % goal.url.encode()])
    connection = KeptConnection()
    kept = Recorder().record("generation", request_to(hop.url), connection=connection)
    connection.close()
    usual = record(hop.url)
    assert (kept.body, kept.head, kept.redirects) == (usual.body, usual.head, usual.redirects)
    assert _phases_that_happened(kept) == _phases_that_happened(usual)
    assert 0 < (kept.phases.resolved_ns or 0) < (kept.phases.connected_ns or 0) < (kept.phases.request_sent_ns or 0)


def _phases_that_happened(transcript: Transcript) -> list[bool]:
    phases = transcript.phases
    instants = (phases.resolved_ns, phases.connected_ns, phases.tls_ns, phases.request_sent_ns, phases.head_ns)
    return [instant is not None for instant in instants]
