"""H07: the body ends as its framing says."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending
from conformance.samples import SSE_HEADERS, event, good_events, preview, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_FAULTS = {
    Ending.TRUNCATED: "the connection was closed before the body was over",
    Ending.RESET: "the connection was reset",
    Ending.PROTOCOL_ERROR: "the body's framing is broken",
    Ending.LIMIT_REACHED: "the body had not ended when the recorder's limit was reached",
}
_NOT_JUDGED = {
    Ending.CLOSED: "the body ends with the connection, and H05 judges that",
    Ending.TIMED_OUT: "silence ended the reading, and other rules judge silence",
    Ending.ABANDONED: "we hung up before the end",
}


@rule(
    id="H07",
    name="unclean-end",
    requirement="The body ends cleanly: with the zero chunk, the last byte of its length, or END_STREAM.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://www.rfc-editor.org/rfc/rfc9112#section-8",
    rationale="RFC 9112 calls such a message incomplete, and both official clients raise, even if every event had "
    "arrived. A stream that never ends is the same fault: its end did not come within the recorder's limits.",
    consequence="fal_client raises RemoteProtocolError and fal-js's done() rejects with ApiError 500, so a finished "
    "picture is lost.",
    fix="Return from the generator instead of raising or killing the worker; raise the read timeout of the proxy and "
    "let workers finish their streams on shutdown.",
    requires=("H01",),
    passes=lambda: (
        sample("the zero chunk came", stream(*good_events())),
        sample("END_STREAM came", stream(*good_events(), headers=SSE_HEADERS[:-1], http_version="HTTP/2")),
        sample(
            "a close-delimited body, which is H05's",
            stream(*good_events(), headers=SSE_HEADERS[:-1], http_version="HTTP/1.0", ending=Ending.CLOSED),
        ),
        sample("we hung up ourselves", stream(event(preview(1)), ending=Ending.ABANDONED)),
    ),
    fails=lambda: (
        sample("the socket is dropped after the final event", stream(*good_events(), ending=Ending.TRUNCATED)),
        sample("the socket is dropped midway", stream(*good_events()[:3], ending=Ending.TRUNCATED)),
        sample("a reset after the final event", stream(*good_events(), ending=Ending.RESET)),
        sample("a broken chunk size", stream(*good_events(), ending=Ending.PROTOCOL_ERROR)),
        sample(
            "previews for ever",
            stream(*(event(preview(step, 40)) for step in range(1, 31)), ending=Ending.LIMIT_REACHED),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Translate the ending; those that other rules judge are left to them."""
    end = generation.transcript.end
    if end.ending in _NOT_JUDGED:
        raise NotApplicable(_NOT_JUDGED[end.ending])
    if end.ending in _FAULTS:
        detail = f" ({end.detail})" if end.detail else ""
        yield generation.finding(
            f"{_FAULTS[end.ending]}{detail} after {len(generation.body)} bytes and {len(generation.events)} event(s), "
            "expected a clean end",
            offset=len(generation.body),
            at_ns=end.at_ns,
        )
