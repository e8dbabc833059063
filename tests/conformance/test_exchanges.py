"""Probes over real sockets: which connection they use, what is sent in between, and how they are given up."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urljoin

import pytest

from conformance.core import Ending, Transcript
from conformance.examination.exchanges import Exchanges
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Probe, load_probes
from conformance.recorders import Recorder
from conformance.samples import event, good_events, preview
from tests.conformance.conftest import SSE_HEAD
from tests.conformance.keep_alive import ConversationServer, Step, conversing

HEAD = SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NOT_ALLOWED = b"HTTP/1.1 405 M\r\nAllow: POST\r\nContent-Length: 2\r\n\r\n{}"
CANCELLED = b'HTTP/1.1 200 O\r\nContent-Length: 19\r\n\r\n{"cancelled": true}'


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def probe(name: str) -> Probe:
    return load_probes()[name]


@contextmanager
def asking(server: ConversationServer) -> Iterator[Exchanges]:
    endpoint = Endpoint(
        url=server.url,
        payload={"prompt": "a red disc"},
        headers=(("Authorization", "Key id:0123456789abcdef"),),
        cancel_url=urljoin(server.url, "/stream/cancel"),
    )
    with Exchanges(endpoint, Recorder(), kept={"generation"}) as exchanges:
        yield exchanges


def good(request: bytes) -> Sequence[Step]:
    return [HEAD + chunk(event(preview())) + b"0\r\n\r\n"] if request.startswith(b"POST") else [NOT_ALLOWED]


def wait_until_ended(server: ConversationServer, number: int) -> None:
    give_up_at = time.monotonic() + 5
    while number not in server.ended and time.monotonic() < give_up_at:
        time.sleep(0.01)


def test_a_probe_follows_another_on_its_connection() -> None:
    """The GET goes where the generation went, and no connection is left open behind it."""
    with conversing(good) as server, asking(server) as exchanges:
        exchanges.ask(probe("generation"))
        (followed,) = exchanges.ask(probe("reused_connection"))
        wait_until_ended(server, 0)
        assert server.ended == [0]
    assert [number for number, _ in server.requests] == [0, 0]
    assert (followed.phases.connected_ns, followed.end.ending) == (None, Ending.COMPLETE)


def test_the_last_of_several_generations_is_followed() -> None:
    """The connection of each earlier one is closed first, for servers that serve one connection at a time."""
    with conversing(good) as server, asking(server) as exchanges:
        for _ in range(3):
            exchanges.ask(probe("generation"))
        exchanges.ask(probe("reused_connection"))
        wait_until_ended(server, 2)
        assert sorted(server.ended) == [0, 1, 2]
    assert [number for number, _ in server.requests] == [0, 1, 2, 2]


def test_a_probe_that_has_nothing_to_follow_gets_a_connection_of_its_own() -> None:
    """Where the generation was never asked, the transcript says that a connection was made."""
    with conversing(good) as server, asking(server) as exchanges:
        (alone,) = exchanges.ask(probe("reused_connection"))
    assert alone.phases.connected_ns is not None


def test_kept_connections_are_closed_at_the_end() -> None:
    """Also where nobody followed."""
    with conversing(good) as server:
        with asking(server) as exchanges:
            exchanges.ask(probe("generation"))
            assert server.ended == []
        wait_until_ended(server, 0)
        assert server.ended == [0]


def test_an_interjection_is_sent_while_the_stream_runs() -> None:
    """The cancellation comes after the first event, with the key and the id of the stream, and ends it."""
    cancelled = threading.Event()

    def answer(request: bytes) -> Sequence[Step]:
        if b"/stream/cancel" in request.split(b"\r\n")[0]:
            cancelled.set()
            return [CANCELLED]
        return _Stream(cancelled)

    with conversing(answer) as server, asking(server) as exchanges:
        stream, cancellation = exchanges.ask(probe("cancelled_generation"))
    assert (stream.probe, cancellation.probe) == ("cancelled_generation", "cancellation")
    assert (stream.end.ending, stream.body) == (Ending.COMPLETE, event(preview()))
    posted = server.requests[1][1]
    head, _, body = posted.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /stream/cancel HTTP/1.1\r\n")
    assert (b"Key id:0123456789abcdef" in head, _id(stream).encode() in head, body) == (True, True, b"")


class _Stream(Sequence[Step]):
    """A stream that goes on until it is cancelled."""

    def __init__(self, cancelled: threading.Event) -> None:
        self._cancelled = cancelled

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> Step:  # type: ignore[override]
        if index == 0:
            return HEAD + chunk(event(preview()))
        if index == 1:
            assert self._cancelled.wait(10)
            return b"0\r\n\r\n"
        raise IndexError


def _id(transcript: Transcript) -> str:
    return dict(transcript.request.headers)["x-fal-request-id"]


def test_each_cancelled_stream_has_a_fresh_id() -> None:
    """An endpoint may remember which ids were cancelled; an id that the user sets is replaced."""
    endpoint = Endpoint(url="http://127.0.0.1/stream", payload={}, headers=(("X-Fal-Request-Id", "mine"),))
    requests = [probe("cancelled_generation").build(endpoint) for _ in range(2)]
    ids = [[value for name, value in request.headers if name.lower() == "x-fal-request-id"] for request in requests]
    assert (len(ids[0]), len(ids[1]), ids[0] != ids[1], ["mine"] in ids) == (1, 1, True, False)


def test_a_stream_without_events_is_not_interrupted_by_anything() -> None:
    """There is nothing to cancel, so the second request is never sent."""
    with conversing(lambda request: [HEAD + b"0\r\n\r\n"]) as server, asking(server) as exchanges:
        recorded = exchanges.ask(probe("cancelled_generation"))
    assert ([item.probe for item in recorded], len(server.requests)) == (["cancelled_generation"], 1)


@pytest.mark.parametrize("before", [True, False])
def test_an_exchange_can_be_given_up_before_and_while_it_runs(before: bool) -> None:
    """Whenever another thread gives up, the exchange ends at once as left by us."""
    with conversing(lambda request: [HEAD + chunk(good_events()[0]), 20.0]) as server:
        recorder = Recorder()
        timer = threading.Timer(0.5, recorder.give_up)
        timer.start() if not before else recorder.give_up()
        started_at = time.monotonic()
        request = probe("generation").build(Endpoint(url=server.url, payload={}))
        transcript = recorder.record("generation", replace(request, headers=()))
        timer.cancel()
    assert (transcript.end.ending, recorder.interrupted) == (Ending.ABANDONED, True)
    assert time.monotonic() - started_at < 5


def test_giving_up_a_body_that_ends_with_its_connection_is_no_end() -> None:
    """What we cut ourselves is not taken for the end that such a body has."""
    stream = [SSE_HEAD + b"\r\n" + good_events()[0], 20.0]
    with conversing(lambda request: stream) as server:
        recorder = Recorder()
        timer = threading.Timer(0.5, recorder.give_up)
        timer.start()
        transcript = recorder.record("generation", probe("generation").build(Endpoint(url=server.url, payload={})))
    assert (transcript.end.ending, transcript.body) == (Ending.ABANDONED, good_events()[0])
