"""H06: the length of the body is said in one way only."""

from collections.abc import Iterator
from functools import cache

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.samples import SSE_HEADERS, event, good_events, stream
from conformance.stream.conventions import Conventions
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@cache
def _length() -> str:
    return str(sum(map(len, good_events())))


_TEXT_EVENT = event({"final": True, "text": "a red disc"})


@rule(
    id="H06",
    name="ambiguous-length",
    requirement="The response does not have both Content-Length and Transfer-Encoding.",
    level=Level.MUST,
    basis=Basis.STANDARD,
    reference="https://www.rfc-editor.org/rfc/rfc9112#section-6.2",
    rationale="RFC 9112 forbids a sender to send both, since two readers may see two different ends of the body "
    "(response splitting). Many HTTP libraries hide one of the two, so the field lines are judged as they came.",
    consequence="Proxies refuse the response with 502, or cut the stream at the wrong byte and the final picture is "
    "lost.",
    fix="Do not set Content-Length on a streaming response; remove middleware that copies it from another response.",
    requires=("H01",),
    passes=lambda: (
        sample("Transfer-Encoding alone", stream(*good_events())),
        sample(
            "Content-Length alone",
            stream(_TEXT_EVENT, headers=(*SSE_HEADERS[:-1], ("content-length", str(len(_TEXT_EVENT))))),
            conventions=Conventions(carries_pictures=False),
        ),
        sample("HTTP/2", stream(*good_events(), headers=SSE_HEADERS[:-1], http_version="HTTP/2")),
    ),
    fails=lambda: (
        sample("both", stream(*good_events(), headers=(*SSE_HEADERS, ("content-length", _length())))),
        sample(
            "both, in other letters and another order",
            stream(*good_events(), headers=(("CONTENT-LENGTH", "0"), *SSE_HEADERS)),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look for both in the field lines of an HTTP/1 response."""
    head = generation.response
    if not head.http_version.startswith("HTTP/1"):
        raise NotApplicable(f"{head.http_version} has no transfer codings")
    length, codings = head.value("content-length"), head.value("transfer-encoding")
    if length is not None and codings is not None:
        yield generation.finding(
            f"Content-Length is {length!r} beside Transfer-Encoding {codings!r}, expected one of the two"
        )
