"""The player over real sockets: what was recorded is what a client meets again."""

import socket
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.core import Chunk, Ending, Headers, Phases, Request, StreamEnd, Transcript, UsageError
from conformance.player import Player, Recut
from conformance.recorders import KeptConnection, Recorder, RecordingLimits
from conformance.samples import SSE_HEADERS, answer, event, good_events, stream, timed_stream
from tests.conformance.lockstep import Lockstep

GOOD = stream(*good_events())
BODY = b"".join(good_events())
LENGTH: Headers = (("Content-Type", "text/event-stream"), ("Content-Length", str(len(BODY))))
CLOSE: Headers = (("Content-Type", "text/event-stream"),)


def record(url: str, request: Request = GOOD.request, **limits: float) -> Transcript:
    recorder = Recorder(limits=RecordingLimits(**{"silence_seconds": 20, **limits}))  # type: ignore[arg-type]
    return recorder.record("generation", replace(request, url=url))


def played(transcript: Transcript, *, recut: Recut | None = None, **limits: float) -> Transcript:
    with Player([transcript], speed=0, recut=recut) as url:
        return record(url, GOOD.request, **limits)


@pytest.mark.parametrize(
    ("ending", "headers"),
    [
        (Ending.COMPLETE, SSE_HEADERS),
        (Ending.COMPLETE, LENGTH),
        (Ending.CLOSED, CLOSE),
        (Ending.TRUNCATED, SSE_HEADERS),
        (Ending.TRUNCATED, (*CLOSE, ("Content-Length", "99999"))),
        (Ending.RESET, SSE_HEADERS),
        (Ending.PROTOCOL_ERROR, SSE_HEADERS),
    ],
)
def test_a_stream_ends_as_it_was_recorded(ending: Ending, headers: Headers) -> None:
    """Every ending that an endpoint can cause is caused again, after every byte."""
    again = played(stream(*good_events(), ending=ending, headers=headers))
    assert (again.end.ending, again.body) == (ending, BODY)


@pytest.mark.parametrize("headers", [SSE_HEADERS, LENGTH, CLOSE])
def test_a_recorded_silence_is_silent_again(headers: Headers) -> None:
    """A stream that timed out stays open and says nothing more."""
    again = played(stream(*good_events()[:2], ending=Ending.TIMED_OUT, headers=headers), silence_seconds=0.3)
    assert (again.end.ending, again.body) == (Ending.TIMED_OUT, b"".join(good_events()[:2]))


@pytest.mark.parametrize("ending", [Ending.ABANDONED, Ending.LIMIT_REACHED])
def test_what_the_recorder_left_goes_on_with_comments(ending: Ending) -> None:
    """Nobody saw how such a stream ended, so it does not end: comments follow what was recorded."""
    again = played(stream(event({"step": 1}), ending=ending), total_seconds=0.5)
    assert again.end.ending is Ending.LIMIT_REACHED
    assert again.body == event({"step": 1}) + b": still here\n\n"


@pytest.mark.parametrize("ending", [Ending.TRUNCATED, Ending.RESET, Ending.TIMED_OUT, Ending.PROTOCOL_ERROR])
def test_an_answer_without_a_head_is_played(ending: Ending) -> None:
    """Where no head came, none is sent."""
    again = played(replace(GOOD, head=None, chunks=(), end=StreamEnd(ending=ending, at_ns=1)), silence_seconds=0.3)
    assert (again.head, again.end.ending) == (None, ending)


def test_header_fields_are_sent_exactly() -> None:
    """Case, order and repetition of the recorded fields are kept, and nothing is added."""
    headers = (("X-B", "2"), ("content-TYPE", "text/event-stream"), ("x-a", "1"), ("X-B", "3"), *SSE_HEADERS[-1:])
    assert played(stream(*good_events(), headers=headers)).head == replace(
        stream(headers=headers).head,  # type: ignore[type-var]
        headers=headers,
    )


@pytest.mark.parametrize("status", [200, 204, 304, 422, 500, 599])
def test_every_status_is_sent(status: int) -> None:
    """Statuses that have no body included."""
    again = played(answer("generation", status, None if status in (204, 304) else {"detail": []}))
    assert again.head is not None
    assert (again.head.status, again.end.ending) == (status, Ending.COMPLETE)


@settings(max_examples=60, deadline=None)
@given(
    pieces=st.lists(st.tuples(st.integers(0, 3), st.binary(min_size=1, max_size=300)), max_size=8),
    ending=st.sampled_from([Ending.COMPLETE, Ending.TRUNCATED, Ending.RESET]),
)
def test_playing_and_recording_gives_the_same_transcript(pieces: list[tuple[int, bytes]], ending: Ending) -> None:
    """Whatever the bytes and wherever they were cut: head, chunks, their instants and the ending come back."""
    timed, at_ms = [], 20
    for gap, data in pieces:
        at_ms += gap
        timed.append((at_ms, data))
    original, lockstep = timed_stream(timed, end_ms=at_ms + 1, ending=ending), Lockstep()
    with Player([original], pace=lockstep.start) as url, lockstep.recording(2_000_000):
        again = Recorder(clock=lockstep.clock).record("generation", replace(original.request, url=url))
    assert (again.head, again.chunks) == (original.head, original.chunks)
    assert (again.end.ending, again.end.at_ns) == (ending, original.end.at_ns)
    assert (again.phases.request_sent_ns, again.phases.head_ns) == (2_000_000, 20_000_000)


@pytest.mark.parametrize("headers", [SSE_HEADERS, LENGTH, CLOSE])
def test_pieces_of_one_instant_arrive_in_one_read(headers: Headers) -> None:
    """What came out of one read comes out of one read again."""
    original = timed_stream([(50, piece) for piece in (b"a", b"b", b"c")], end_ms=60, headers=headers)
    with Player([original]) as url:
        again = record(url)
    assert len({chunk.at_ns for chunk in again.chunks}) == 1


def test_the_stream_keeps_its_pace() -> None:
    """At speed 1, what was recorded 300 ms apart arrives no sooner."""
    with Player([stream(b"a", b"b", first_ms=100, every_ms=300)]) as url:
        first, second = (chunk.at_ns for chunk in record(url).chunks)
    assert second - first > 0.25e9


@pytest.mark.parametrize(("speed", "most_seconds"), [(50.0, 5.0), (0.0, 5.0)])
def test_time_can_be_shortened(speed: float, most_seconds: float) -> None:
    """A minute is over in a second or so, or at once."""
    began = time.monotonic()
    with Player([stream(b"a", b"b", every_ms=60_000)], speed=speed) as url:
        assert record(url).body == b"ab"
    assert time.monotonic() - began < most_seconds


@pytest.mark.parametrize("recut", Recut)
def test_other_cuts_carry_the_same_bytes(recut: Recut) -> None:
    """However the chunks are cut, the body is the same."""
    body = [event({"step": 1}).replace(b"\n", b"\r\n"), event({"step": 2})]
    assert played(stream(*body), recut=recut).body == b"".join(body)


@pytest.mark.parametrize(
    ("recut", "cut"),
    [
        (Recut.EACH_BYTE, [b"a", b"\r", b"\n", b"\r", b"\n", b"b", b"\n"]),
        (Recut.LINE_FEEDS, [b"a\r", b"\n\r", b"\n", b"b", b"\n"]),
        (Recut.HALVES, [b"a\r", b"\n\r\n", b"b", b"\n"]),
        (Recut.WHOLE, [b"a\r\n\r\nb\n"]),
    ],
)
def test_each_cut_is_where_it_says(recut: Recut, cut: list[bytes]) -> None:
    """Each way to cut gives its own chunks on the wire."""
    again = played(stream(b"a\r\n\r\n", b"b\n"), recut=recut)
    assert [chunk.data for chunk in again.chunks] == cut


def test_each_request_gets_the_answer_that_was_recorded_for_it() -> None:
    """Method first, then the body, then whether credentials come with it."""
    plain = GOOD.request
    with_key = replace(plain, headers=(*plain.headers, ("authorization", "[redacted]")))
    bad = replace(plain, body=b"{")
    get = replace(plain, method="GET", body=b"")
    asked = [plain, with_key, bad, get]
    answers = [replace(answer("p", 200 + n, {}), request=request) for n, request in enumerate(asked)]
    with Player(answers, speed=0) as url:
        statuses = [again.head and again.head.status for again in (record(url, item) for item in reversed(asked))]
    assert statuses == [203, 202, 201, 200]


def test_equal_requests_are_answered_in_recorded_order() -> None:
    """The second generation gets the second transcript, and then the first again."""
    with Player([answer("generation", 200 + n, {}) for n in range(2)], speed=0) as url:
        statuses = [again.head and again.head.status for again in (record(url) for _ in range(3))]
    assert statuses == [200, 201, 200]


def test_an_unknown_request_gets_the_only_answer() -> None:
    """Another payload than the recorded one is answered all the same, sent in chunks too."""
    with Player([GOOD], speed=0) as url:
        host, port = url.split("/")[2].split(":")
        with socket.create_connection((host, int(port)), 10) as client:
            client.sendall(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{ }\r\n0\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize("sent", [b"", b"\r\n\r\n", b"POST /\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"])
def test_a_broken_request_harms_no_other(sent: bytes) -> None:
    """What is no request is hung up on, and the next one is served."""
    with Player([GOOD], speed=0) as url:
        host, port = url.split("/")[2].split(":")
        with socket.create_connection((host, int(port)), 10) as client:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            assert client.recv(1) == b""
        assert record(url).body == BODY


def test_requests_are_told() -> None:
    """Whoever plays learns what was asked and what it was answered with."""
    told: list[tuple[str, str]] = []
    with Player([GOOD], speed=0, on_request=lambda request, item: told.append((request.method, item.probe))) as url:
        record(url)
    assert told == [("POST", "generation")]


def test_leaving_ends_what_is_open() -> None:
    """A silence, and a wait for the next chunk, end with the player."""
    began = time.monotonic()
    with (
        Player([stream(b"a", ending=Ending.TIMED_OUT)], speed=0) as silent,
        Player([stream(b"a", first_ms=60_000)]) as slow,
    ):
        clients = [
            socket.create_connection(("127.0.0.1", int(url.split(":")[2].split("/")[0]))) for url in (silent, slow)
        ]
        for client in clients:
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        time.sleep(0.2)
    for client in clients:
        client.close()
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("transcripts", "said"),
    [
        ([], "there is no transcript to play"),
        ([stream(http_version="HTTP/2")], "is HTTP/2: only HTTP/1 can be played"),
        ([replace(GOOD, head=None, end=StreamEnd(ending=Ending.UNREACHABLE, at_ns=1))], "holds no answer"),
        ([stream(b"a", headers=CLOSE, ending=Ending.PROTOCOL_ERROR)], "were not kept"),
    ],
)
def test_what_cannot_be_played_is_refused(transcripts: list[Transcript], said: str) -> None:
    """Before anything listens, in one line."""
    with pytest.raises(UsageError, match=said):
        Player(transcripts)


@pytest.mark.parametrize("speed", [-1.0, float("nan"), float("inf")])
def test_what_is_no_speed_is_refused(speed: float) -> None:
    """Time neither runs backwards nor stands still."""
    with pytest.raises(UsageError, match="expected 0 or more"):
        Player([GOOD], speed=speed)


def test_a_port_in_use_is_refused() -> None:
    """The line names the port."""
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        pytest.raises(UsageError, match=f"port {other.getsockname()[1]} of 127.0.0.1 cannot be listened on"),
        Player([GOOD], port=other.getsockname()[1]),
    ):
        pass


def test_an_empty_chunk_does_not_end_the_body() -> None:
    """A chunk without bytes, which HTTP would read as the last one, is left out."""
    original = replace(GOOD, chunks=(Chunk(at_ns=0, data=b""), *GOOD.chunks))
    assert played(original).body == BODY


def test_a_connection_that_served_another_request_does_so_again() -> None:
    """What was recorded on the stream's own connection is answered there, and the recorder sees the same."""
    phases = Phases(request_sent_ns=2_000_000, head_ns=20_000_000)
    followed = replace(answer("reused_connection", 405, {"detail": "no"}), phases=phases)
    connection = KeptConnection()
    with Player([stream(*good_events()), followed], speed=0) as url:
        post = replace(stream().request, url=url)
        first = Recorder().record("generation", post, connection=connection)
        second = Recorder().record("reused_connection", replace(post, method="GET", body=b""), connection=connection)
        connection.close()
    assert (first.body, second.body) == (b"".join(good_events()), followed.body)
    assert second.phases.connected_ns is None


def test_a_connection_is_closed_where_none_served_another_request() -> None:
    """Without such a transcript every answer ends with its connection, as a reader without framing needs."""
    connection = KeptConnection()
    with Player([stream(*good_events())], speed=0) as url:
        post = replace(stream().request, url=url)
        Recorder().record("generation", post, connection=connection)
        second = Recorder().record("generation", post, connection=connection)
        connection.close()
    assert second.phases.connected_ns is not None
