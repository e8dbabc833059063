"""Good endpoints over the whole freedom that they have, each as what a check records of it.

Left out, because a SHOULD warns of it by design: HTTP/1.1 bodies that a close ends (H05), a Content-Length on several
events (H08), no Cache-Control (H09), a content coding that was not asked for (H13).
"""

import zlib
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from conformance.catalogue import Sample
from conformance.core import Ending, Headers, Transcript
from conformance.samples import timed_stream
from tests.conformance.good_endpoints.courses import Course, Link, Write, courses, links
from tests.conformance.good_endpoints.framing import Hand, hands
from tests.conformance.good_endpoints.payloads import Story, stories
from tests.conformance.good_endpoints.refusals import refusals

__all__ = ["good_endpoints"]

_TYPES = (
    "text/event-stream",
    "text/event-stream; charset=utf-8",
    'text/event-stream;charset="UTF-8"',
    "text/event-stream;",
)
_CACHE_CONTROLS: tuple[Headers, ...] = (
    (("cache-control", "no-cache"),),
    (("Cache-Control", "no-store, no-transform"),),
    (("cache-control", "Private, MAX-AGE=0, No-Cache"),),
    (("cache-control", "no-transform"), ("cache-control", "no-cache")),
)
_OTHERS: Headers = (
    ("x-accel-buffering", "no"),
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "x-fal-request-id"),
    ("x-fal-request-id", "0f8fad5b-d9cb-469f-a165-70867728950e"),
    ("server", "uvicorn"),
    ("date", "Sun, 22 Nov 2026 12:00:00 GMT"),
    ("vary", "Accept-Encoding"),
    ("content-encoding", "identity"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Protocol:
    """How HTTP carries the body, and how its end looks then."""

    version: str
    headers: Headers
    ending: Ending = Ending.COMPLETE


_PROTOCOLS = (
    _Protocol(version="HTTP/1.1", headers=(("Transfer-Encoding", "chunked"), ("connection", "keep-alive"))),
    _Protocol(version="HTTP/2", headers=()),
    _Protocol(version="HTTP/1.0", headers=(("connection", "close"),), ending=Ending.CLOSED),
)


@st.composite
def good_endpoints(draw: st.DrawFn) -> Sample:
    """What a check of one records: one to three generations, perhaps one with gzip, and refusals."""
    story, hand, protocol = draw(stories()), draw(hands()), draw(st.sampled_from(_PROTOCOLS))
    headers = (
        ("content-type", draw(st.sampled_from(_TYPES))),
        *draw(st.sampled_from(_CACHE_CONTROLS)),
        *draw(st.lists(st.sampled_from(_OTHERS), unique=True)),
        *protocol.headers,
    )
    events = hand.events(story)
    streams = [
        _recorded(protocol, headers, story, draw(courses(len(events))), events, hand, draw(links()))
        for _ in range(draw(st.sampled_from((1, 1, 3))))
    ]
    if draw(st.integers(0, 4)) == 0:
        streams.append(_zipped(_recorded(protocol, headers, story, draw(courses(len(events))), events, hand, _AT_ONCE)))
    return Sample(title="a good endpoint", transcripts=(*streams, *draw(refusals())), conventions=story.conventions)


_AT_ONCE = Link(latency_ms=5, bytes_per_ms=0, segment_bytes=0, before_breaks=False, wakes_every_ms=1)


def _recorded(
    protocol: _Protocol, headers: Headers, story: Story, course: Course, events: list[bytes], hand: Hand, link: Link
) -> Transcript:
    writes = course.writes(events, hand.beat())
    if hand.says_bye:
        writes.append(Write(at_ms=writes[-1].at_ms, data=hand.beat()))
    reads = list(link.reads(writes))
    return timed_stream(
        reads,
        end_ms=reads[-1][0] + course.close_after_ms,
        headers=headers,
        http_version=protocol.version,
        head_ms=course.head_ms,
        ending=protocol.ending,
        payload=story.asked,
    )


def _zipped(transcript: Transcript) -> Transcript:
    """The stream as a client gets it that accepts gzip, flushed after each write."""
    assert transcript.head is not None
    headers = [pair for pair in transcript.head.headers if pair[0] != "content-encoding"]
    asked = (("accept", "text/event-stream"), ("accept-encoding", "gzip, deflate, br"))
    compressor = zlib.compressobj(wbits=31)
    return replace(
        transcript,
        probe="compressed_generation",
        request=replace(transcript.request, headers=asked),
        head=replace(transcript.head, headers=(*headers, ("content-encoding", "gzip"))),
        chunks=tuple(
            replace(chunk, data=compressor.compress(chunk.data) + compressor.flush(zlib.Z_SYNC_FLUSH))
            for chunk in transcript.chunks
        ),
    )
