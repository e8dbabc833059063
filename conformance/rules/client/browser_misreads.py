"""X03: a browser page delivers every event."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.clients.survey import CLIENTS
from conformance.core import Headers
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.signs.applicability import require_fal_clients, require_whole
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


def _typed(*values: str) -> Headers:
    return (*(("content-type", value) for value in values), *SSE_HEADERS[1:])


@rule(
    id="X03",
    name="browser-misreads",
    requirement="A reader that follows the web's standards throughout delivers every event of the stream.",
    level=Level.SHOULD,
    basis=Basis.STANDARD,
    reference="https://fetch.spec.whatwg.org/#concept-header-extract-mime-type",
    rationale="Pages that do not use fal's client read the stream with fetch and a parser of the browser's grade. Its "
    "parsing is the reference of this suite, so what can differ is what comes before it: of several Content-Type lines "
    "the web takes the last, where both fal clients look at the beginning.",
    consequence="A page gets an error event in place of the stream, while both fal clients read it.",
    fix="Send one Content-Type, text/event-stream; look for a middleware or proxy that adds a second one.",
    requires=("H01", "H02", "H07", "H18", "S03", "S04", "S06", "S09", "J01"),
    passes=lambda: (
        sample("one Content-Type", stream(*good_events())),
        sample(
            "the same Content-Type twice",
            stream(*good_events(), headers=_typed(*["text/event-stream"] * 2)),
            sets_off=("H15",),
        ),
        sample(
            "a media type in capitals", stream(*good_events(), headers=_typed("Text/Event-Stream")), sets_off=("H03",)
        ),
    ),
    fails=lambda: (
        sample(
            "JSON as a second Content-Type",
            stream(*good_events(), headers=_typed("text/event-stream", "application/json")),
            sets_off=("H15",),
        ),
        sample(
            "two media types in one line",
            stream(*good_events(), headers=_typed("text/event-stream, text/plain; charset=utf-8")),
            sets_off=("H15",),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare what a page gets with the events of the body."""
    require_fal_clients(generation)
    require_whole(generation)
    client = CLIENTS["browser"]
    difference = client.reading(generation).difference(client.expected(generation))
    if difference is not None:
        yield generation.finding(f"a browser page {difference}, expected all of them")
