"""H12: a stream that is compressed is still a stream."""

import zlib
from collections.abc import Iterator
from dataclasses import replace

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import SSE_HEADERS, answer, event, final, good_events, preview, stream, timed_stream
from conformance.signs.delivery import DeliveryOptions, held_back, is_cut
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_GZIP_WINDOW = 31


def _plain(every_ms: int = 700) -> Transcript:
    return stream(*good_events(), every_ms=every_ms)


def _taking_any(transcript: Transcript) -> Transcript:
    headers = (("accept", "text/event-stream"), ("accept-encoding", "gzip, deflate, br, zstd"))
    return replace(transcript, request=replace(transcript.request, headers=headers))


def _coded(coding: str, *pieces: bytes, first_ms: int = 500, every_ms: int = 500) -> Transcript:
    """The compressed generation; a piece without bytes is nothing that a server could send."""
    timed = [(first_ms + index * every_ms, piece) for index, piece in enumerate(pieces) if piece]
    headers = (*SSE_HEADERS, ("content-encoding", coding))
    return _taking_any(timed_stream(timed, end_ms=timed[-1][0] + 10, probe="compressed_generation", headers=headers))


def _zipped(*pieces: bytes, flush: int | None = zlib.Z_SYNC_FLUSH, is_finished: bool = True) -> list[bytes]:
    compress = zlib.compressobj(wbits=_GZIP_WINDOW)
    zipped = [compress.compress(piece) + (compress.flush(flush) if flush else b"") for piece in pieces]
    return [*zipped[:-1], zipped[-1] + compress.flush()] if is_finished else zipped


def _brotli(*pieces: bytes) -> list[bytes]:
    import brotli

    compressor = brotli.Compressor(quality=1)
    return [compressor.process(piece) + compressor.flush() for piece in pieces] + [compressor.finish()]


def _zstandard(*pieces: bytes) -> list[bytes]:
    import zstandard

    compressor = zstandard.ZstdCompressor().compressobj()
    flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
    return [compressor.compress(piece) + compressor.flush(flush) for piece in pieces] + [compressor.flush()]


def _tails_left(tail: int) -> list[bytes]:
    body = good_events()
    tails = [b"", *(piece[-tail:] for piece in body)]
    return [late + early for late, early in zip(tails, [*(piece[:-tail] for piece in body), b""], strict=True)]


def _in_twos(tail: int) -> list[bytes]:
    pieces = _tails_left(tail)
    return [pieces[0], b"", pieces[1] + pieces[2], pieces[3], b"", *pieces[4:]]


def _large_events() -> list[bytes]:
    return [*(event(preview(step, note="x" * 10_000)) for step in range(1, 5)), event(final(note="x" * 10_000))]


def _halves(events: list[bytes]) -> list[bytes]:
    """The first half of each event with the second half of the one before."""
    fronts, backs = [each[:5000] for each in events], [each[5000:] for each in events]
    return [late + early for late, early in zip([b"", *backs], [*fronts, b""], strict=True)]


@rule(
    id="H12",
    name="compressed-stream-buffered",
    requirement="A client that accepts gzip, deflate, br or zstd gets whole events as early as one that does not.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://www.rfc-editor.org/rfc/rfc9110#section-8.4",
    rationale="Every real client accepts compressed answers, so that what the identity generation shows may be what no "
    "user sees. Compression itself is fine, as is a plain answer to such a client; but a layer that compresses "
    "without a flush after each event keeps previews in its buffer, all of them to the end or each of them until the "
    "next. A network can hold all events back at once, but hardly those of 2.5 s and more, so a shorter stream is "
    "not called buffered. A radio that wakes every 300 ms may part each event; so where the plain stream was parted "
    "too, what is left lying counts only if it is 4 KiB at most, or lay for longer. A coding that cannot be undone is "
    "worse. A stream that is buffered without compression is C04's or C07's.",
    consequence="Users of fal_client and fal-js see all previews at once at the end, or no picture at all, although "
    "`curl -N` shows a perfect stream.",
    fix="Leave text/event-stream out of GZipMiddleware and of the proxy's compression, or flush the compressor after "
    "each event and finish it at the end.",
    requires=("H01", "C04"),
    options=DeliveryOptions(least_spread_seconds=2.5),
    passes=lambda: (
        sample("gzip, flushed after each event", _plain(), _coded("gzip", *_zipped(*good_events()))),
        sample("br, flushed after each event", _plain(), _coded("br", *_brotli(*good_events()), every_ms=400)),
        sample("zstd, flushed after each event", _plain(), _coded("zstd", *_zstandard(*good_events()))),
        sample("a plain answer", _plain(), _taking_any(stream(*good_events(), probe="compressed_generation"))),
        sample("a plain answer that says identity", _plain(), _coded("identity", *good_events())),
        sample("a cached answer", _plain(), _coded("gzip", *_zipped(*good_events()), first_ms=300, every_ms=0)),
        sample(
            "a second of events that a lost packet held back",
            _plain(every_ms=250),
            _coded("gzip", *_zipped(*good_events()), first_ms=3000, every_ms=0),
        ),
        sample(
            "two seconds of events that one delay held back",
            _plain(every_ms=500),
            _coded("gzip", *_zipped(*good_events()), first_ms=3000, every_ms=0),
        ),
        sample(
            "large events, each parted by a radio that wakes every 300 ms, as the final was without gzip",
            stream(*_large_events()[:-1], *_halves(_large_events()[-1:]), every_ms=300),
            _coded("gzip", *_zipped(*_halves(_large_events())), every_ms=300),
        ),
        sample("two events together", stream(*good_events(1)), _coded("gzip", *_zipped(b"".join(good_events(1))))),
        sample("429, which is about load", _plain(), answer("compressed_generation", 429, {"detail": "slow down"})),
        sample(
            "a stream that is late by one without compression too, which is C07's",
            stream(*_tails_left(100)),
            _coded("gzip", *_zipped(*_tails_left(100))),
            sets_off=("C07",),
        ),
    ),
    fails=lambda: (
        sample("gzip without a flush", _plain(), _coded("gzip", *_zipped(*good_events(), flush=None))),
        sample("br over the whole body", _plain(), _coded("br", b"".join(_brotli(*good_events())), first_ms=3000)),
        sample("gzip that keeps each event's end", _plain(), _coded("gzip", *_zipped(*_tails_left(100)))),
        sample("gzip that keeps ends and whole events", _plain(), _coded("gzip", *_zipped(*_in_twos(100)))),
        sample("gzip that is called br", _plain(), _coded("br", *_zipped(*good_events()))),
        sample("damaged gzip", _plain(), _coded("gzip", *_zipped(*good_events())[:2], b"\xff" * 40, *_zipped(b"")[:1])),
        sample("a coding that was not accepted", _plain(), _coded("compress", *_zipped(*good_events()))),
        sample(
            "gzip that is never finished",
            _plain(),
            _coded("gzip", *_zipped(*good_events(), flush=None, is_finished=False)),
        ),
        sample(
            "gzip whose last block is lost",
            _plain(),
            _coded("gzip", *_zipped(*good_events()[:-1], good_events()[-1][:-60], is_finished=False)),
        ),
        sample(
            "500 to this client", _plain(), answer("compressed_generation", 500, {"detail": "Internal Server Error"})
        ),
        sample("JSON to this client", _plain(), answer("compressed_generation", 200, {"images": []})),
    ),
)
def check(generation: Evidence, compressed_generation: Evidence, options: DeliveryOptions) -> Iterator[Finding]:
    """Look at the answer, at its coding, and then at when its events came."""
    yield from _refused(compressed_generation)
    if not any(coding != "identity" for coding in compressed_generation.codings):
        return
    damage = _damage(compressed_generation, generation)
    if damage is not None:
        yield compressed_generation.finding(damage, offset=len(compressed_generation.body))
        return
    coding = ", ".join(compressed_generation.codings)
    yield from held_back(compressed_generation, generation, how=f"with Content-Encoding {coding!r}", options=options)


def _refused(compressed: Evidence) -> Iterator[Finding]:
    status = compressed.response.status
    if status in (429, 503):
        raise NotApplicable(f"the status is {status}, which is about load")
    if status != 200 or not compressed.is_event_stream:
        yield compressed.finding(
            f"the answer is {status} {compressed.media_type!r} to a client that accepts compressed answers, expected "
            "the stream that others get",
            offset=0 if compressed.body else None,
        )


def _damage(compressed: Evidence, generation: Evidence) -> str | None:
    coding = ", ".join(compressed.codings)
    if compressed.coding_error is not None:
        return f"Content-Encoding is {coding!r}, but {compressed.coding_error}"
    if not compressed.transcript.end.ending.is_clean:
        return None
    if not compressed.events:
        return f"the {coding} stream ends without one whole event, expected {len(generation.events)} as without it"
    if is_cut(compressed) and not is_cut(generation):
        return f"the {coding} stream ends in the middle of an event: the compressor was not finished"
    return None
