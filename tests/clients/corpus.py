"""Streams on which the models of the clients are compared with the clients: samples, mutants, and random ones."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise

from conformance.core import Chunk, Ending, Transcript
from conformance.samples import SSE_HEADERS, stream
from conformance.stream.evidence import Evidence
from tests.conformance.mutations import KINDS, STREAMS, mutants
from tests.conformance.verdicts import failing, passing, samples

__all__ = ["EDGES", "corpus", "corpus_by_origin", "random_streams", "with_chunks"]

EDGES = 2000
"""How many random streams fal-js reads on exact chunk edges."""

_KEPT_ENDINGS = (Ending.COMPLETE, Ending.CLOSED, Ending.TRUNCATED, Ending.RESET)
_MOST_MUTANTS_A_KIND = 6
_RANDOM_STREAMS = 300

# From the HTML Standard, 9.2.6, whose text data became JSON.
_STANDARD = (
    b'data: "YHOO"\ndata:\ndata:\n\n',
    b": test stream\n\ndata: 1\nid: 1\n\ndata:2\nid\n\ndata:  3\n\n",
    b"data\n\ndata\ndata\n\ndata:",
    b"data:5\n\ndata: 5\n\n",
)

_PIECES = (
    b"data: ", b"data:", b"data", b'data: {"a":1}', b'data: {"a":"\xc3\xa9\xe2\x82\xac"}', b"data: 1", b"data: null",
    b"data: NaN", b"data: 12345678901234567890", b"data: 1.0", b'data: "x"', b"data: {", b"{}", b"\n", b"\n", b"\n\n",
    b"\n\n", b"\r\n", b"\r\n\r\n", b"\r", b": ping", b"event: x", b"id: 1", b"id: \x00", b"retry: 3", b"retry: +3",
    b"\xef\xbb\xbf", b"\xc3\xaf\xc2\xbb\xc2\xbf", b":", b" ", b"x: y", b"\xff", b"\xe2\x82",
)  # fmt: skip


@cache
def corpus_by_origin() -> Mapping[str, tuple[Transcript, ...]]:
    """Answers that a server can play, none of them twice, by where they come from."""
    seen: set[tuple[object, ...]] = set()
    origins = {
        "samples of all rules": _samples(),
        "examples of the HTML Standard": _standard(),
        "good streams broken mechanically": _mutants(),
        "random streams": iter(random_streams(_RANDOM_STREAMS, seed=2)),
    }
    return {origin: tuple(_new(items, seen)) for origin, items in origins.items()}


def _new(items: Iterator[Transcript], seen: set[tuple[object, ...]]) -> Iterator[Transcript]:
    for item in items:
        if not _is_playable(item):
            continue
        played = _as_played(item)
        if _key(played) not in seen:
            seen.add(_key(played))
            yield played


def corpus() -> tuple[Transcript, ...]:
    """All of them, each with an input of its own to be known by."""
    whole = [item for items in corpus_by_origin().values() for item in items]
    return tuple(
        replace(item, request=replace(item.request, body=json.dumps({"n": number}, separators=(",", ":")).encode()))
        for number, item in enumerate(whole)
    )


def random_streams(count: int, *, seed: int) -> list[Transcript]:
    """Answers put together at random from what readers stumble over, cut at random."""
    source = random.Random(seed)
    return [_random(source) for _ in range(count)]


def _random(source: random.Random) -> Transcript:
    body = b"".join(source.choice(_PIECES) for _ in range(source.randint(1, 14)))
    edges = sorted({0, len(body), *(source.randint(0, len(body)) for _ in range(source.randint(0, 4)))})
    media_type = source.choice(
        ["text/event-stream"] * 8 + ["text/event-stream; charset=utf-8", "Text/Event-Stream", ""]
    )
    return stream(
        *(body[start:end] for start, end in pairwise(edges)),
        ending=source.choice([Ending.COMPLETE] * 5 + [Ending.TRUNCATED]),
        status=source.choice([200] * 12 + [201, 404, 422, 500]),
        headers=(("content-type", media_type), *SSE_HEADERS[1:]),
    )


def _samples() -> Iterator[Transcript]:
    for _, item in (*samples(passing), *samples(failing)):
        yield from item.transcripts


def _standard() -> Iterator[Transcript]:
    yield from (stream(body) for body in _STANDARD)


def _mutants() -> Iterator[Transcript]:
    for kind in KINDS:
        for name in STREAMS:
            yield from (mutant.transcript for mutant in mutants(kind, name)[:_MOST_MUTANTS_A_KIND])


def _is_playable(item: Transcript) -> bool:
    head = item.head
    is_http1 = head is not None and head.http_version.startswith("HTTP/1")
    is_answer = head is not None and (head.status >= 400 or 200 <= head.status < 300) and head.status != 401
    # No client gets as far as the events of another transfer coding, of two lengths, or of a broken content coding.
    is_framed = head is not None and (head.value("transfer-encoding") or "chunked") == "chunked"
    is_ambiguous = head is not None and None not in (head.value("transfer-encoding"), head.value("content-length"))
    is_readable = is_framed and not is_ambiguous and Evidence(item).coding_error is None
    return is_http1 and is_answer and is_readable and item.request.method == "POST" and item.end.ending in _KEPT_ENDINGS


def _as_played(item: Transcript) -> Transcript:
    has_body = item.head is not None and item.head.status != 204
    return item if has_body else replace(item, chunks=())


def _key(item: Transcript) -> tuple[object, ...]:
    return item.head, tuple(chunk.data for chunk in item.chunks), item.end.ending


def with_chunks(item: Transcript, chunks: tuple[bytes, ...]) -> Transcript:
    """The same answer in the pieces in which it came."""
    return replace(item, chunks=tuple(Chunk(at_ns=number, data=data) for number, data in enumerate(chunks)))
