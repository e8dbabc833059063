"""H08: a progressive stream has no Content-Length."""

from collections.abc import Iterator
from functools import cache

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Headers
from conformance.samples import SSE_HEADERS, event, final, good_events, preview, stream
from conformance.stream.conventions import Conventions
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@cache
def _buffered() -> bytes:
    return event(preview(1, 1)) + event(final())


_TEXT_EVENT = event({"final": True, "text": "a red disc"})


def _with_length(*pieces: bytes) -> Headers:
    return (*SSE_HEADERS[:-1], ("content-length", str(sum(map(len, pieces)))))


@rule(
    id="H08",
    name="length-known-in-advance",
    requirement="A stream of several events has no Content-Length.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://www.rfc-editor.org/rfc/rfc9110#section-8.6",
    rationale="Whoever knows the length before the first byte has the whole stream in memory already: something "
    "between the model and the reader buffers it. It is legal, and a cache may do it on purpose: a warning. Nothing "
    "is said of a single event. Where Transfer-Encoding is there too, H06 says it all.",
    consequence="Users of the Playground and of fal-js see nothing until the picture is finished, then all at once.",
    fix="Return a StreamingResponse over a generator, and remove middleware or a proxy that reads the whole response "
    "before it sends it.",
    requires=("H02", "H06"),
    passes=lambda: (
        sample("no Content-Length", stream(*good_events())),
        sample(
            "a single event with its length",
            stream(_TEXT_EVENT, headers=_with_length(_TEXT_EVENT)),
            conventions=Conventions(carries_pictures=False),
        ),
    ),
    fails=lambda: (
        sample("a buffered stream and its exact length", stream(_buffered(), headers=_with_length(_buffered()))),
        sample(
            "a length on a stream that comes event by event",
            stream(*good_events(), headers=_with_length(*good_events())),
        ),
        sample(
            "a length over HTTP/2",
            stream(*good_events(), headers=_with_length(*good_events()), http_version="HTTP/2"),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look for the field on a stream of two events or more."""
    count = len(generation.events)
    if count < 2:
        raise NotApplicable(f"fewer than 2 events: {count}")
    length = generation.response.value("content-length")
    if length is not None:
        yield generation.finding(f"Content-Length is {length!r} on a stream of {count} events, expected none")
