"""H10: intermediaries are told not to rewrite the stream."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_OTHERS = tuple(pair for pair in SSE_HEADERS if pair[0] != "cache-control")


@rule(
    id="H10",
    name="transform-allowed",
    requirement="Cache-Control has no-transform.",
    level=Level.MAY,
    basis=Basis.STANDARD,
    reference="https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.6",
    rationale="Intermediaries may compress a response on the way, and compressors collect bytes; no-transform forbids "
    "it. Many good servers lack it and most paths have no such intermediary: a note. Without any Cache-Control worth "
    "the name, H09 says it all.",
    consequence="A proxy that compresses on the way can hold previews back until the end of the stream.",
    fix='Pass headers={"Cache-Control": "no-cache, no-transform"} to StreamingResponse.',
    requires=("H09",),
    passes=lambda: (
        sample("no-transform", stream(*good_events())),
        sample(
            "on a line of its own, in another case",
            stream(
                *good_events(), headers=(*_OTHERS, ("Cache-Control", "no-cache"), ("Cache-Control", "No-Transform"))
            ),
        ),
    ),
    fails=lambda: (
        sample("no-cache alone", stream(*good_events(), headers=(*_OTHERS, ("cache-control", "no-cache")))),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look for the directive over all lines of the field."""
    if "no-transform" not in generation.header_members("cache-control"):
        said = generation.response.value("cache-control")
        yield generation.finding(f"Cache-Control is {said!r}, expected 'no-transform' in it")
