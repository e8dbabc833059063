"""The models of the official clients against the clients themselves, event by event and ending by ending."""

import json
import ssl

import pytest
import trustme

from conformance.clients.fal_client import read_with_fal_client
from conformance.clients.fal_js import read_with_fal_js as read_with_model
from conformance.clients.reading import Reading, ReadingEnd, as_received
from conformance.core import Transcript
from conformance.player import Player
from conformance.stream.evidence import Evidence
from conformance.stream.payload import Json
from tests.clients.corpus import EDGES, corpus, random_streams, with_chunks
from tests.clients.fal_client_process import FalClientReading, ask_with_fal_client
from tests.clients.fal_js import ask_with_fal_js, read_with_fal_js

pytestmark = pytest.mark.slow


def _inputs(transcripts: tuple[Transcript, ...]) -> list[Json]:
    return [{"n": number} for number in range(len(transcripts))]


def _js_agrees(model: Reading, real: Reading) -> bool:
    # After an error the client goes on to tell its listeners of later events; nobody who awaits it gets them.
    events = real.events[: len(model.events)] if real.end is ReadingEnd.RAISED else real.events
    return (model.end, _printed(model.events)) == (real.end, _printed(events))


def _printed(events: tuple[Json, ...]) -> Json:
    """The events as JavaScript prints them, which has no word for infinity."""
    printed: Json = json.loads(json.dumps(events), parse_int=float, parse_constant=lambda _: None)
    return printed


def _python_agrees(model: Reading, real: FalClientReading) -> bool:
    # Its asynchronous twin tells a reset from a close.
    kind = real.error.partition(":")[0].replace("ReadError", "RemoteProtocolError")
    is_same_end = model.end is (ReadingEnd.RAISED if real.error else ReadingEnd.FINISHED)
    return is_same_end and model.error.partition(":")[0] == kind and model.events == real.events


def test_fal_js_reads_random_streams_as_the_model_does() -> None:
    """On exactly the same chunk edges."""
    streams = random_streams(EDGES, seed=1)
    pairs = zip(streams, read_with_fal_js(streams), strict=True)
    assert [(item.chunks, real) for item, real in pairs if not _js_agrees(read_with_model(item), real)] == []


def test_fal_js_reads_the_corpus_as_the_model_does() -> None:
    """Over a real socket, on the edges at which Node got the chunks."""
    streams = corpus()
    with Player(streams, speed=0) as url:
        readings = ask_with_fal_js(url, _inputs(streams))
    pairs = [(with_chunks(item, real.chunks), real.reading) for item, real in zip(streams, readings, strict=True)]
    assert [(item.chunks, real) for item, real in pairs if not _js_agrees(_model_of_js(item), real)] == []


@pytest.mark.parametrize("twin", ["sync", "async"])
def test_fal_client_reads_the_corpus_as_the_suite_does(twin: str) -> None:
    """Over TLS, in a process of its own."""
    streams = corpus()
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with authority.cert_pem.tempfile() as ca_file, Player(streams, speed=0, tls=context) as url:
        readings = ask_with_fal_client(url, _inputs(streams), ca_file=ca_file, twin=twin)
    pairs = [(read_with_fal_client(item), real) for item, real in zip(streams, readings, strict=True)]
    assert [(model, real) for model, real in pairs if not _python_agrees(model, real)] == []


def _model_of_js(item: Transcript) -> Reading:
    # Node undoes content codings before the client sees the body.
    head = as_received(Evidence(item)).head
    return read_with_model(
        Transcript(probe=item.probe, request=item.request, end=item.end, head=head, chunks=item.chunks)
    )
