"""H09: caches are told not to reuse the stream."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, Sample, rule, sample
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_OTHERS = tuple(pair for pair in SSE_HEADERS if pair[0] != "cache-control")


def _cached(title: str, *values: str, name: str = "cache-control") -> Sample:
    return sample(title, stream(*good_events(), headers=(*_OTHERS, *((name, value) for value in values))))


@rule(
    id="H09",
    name="stream-may-be-cached",
    requirement="Cache-Control has no-cache or no-store.",
    level=Level.SHOULD,
    basis=Basis.STANDARD,
    reference="https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2",
    rationale="A cache in front of the endpoint may collect a response, or replay an earlier one, unless it is told "
    "not to. Answers to a POST are rarely cached and the documented fal example has no such header: never more than "
    "a warning.",
    consequence="Behind an eager cache, users get someone's earlier picture, or all previews at once at the end.",
    fix='Pass headers={"Cache-Control": "no-cache, no-transform"} to StreamingResponse.',
    requires=("H02",),
    passes=lambda: (
        _cached("no-cache", "no-cache, no-transform"),
        _cached("no-store alone", "no-store"),
        _cached("another case and order", "Private, MAX-AGE=0, No-Cache", name="Cache-Control"),
        _cached("several lines", "no-transform", "no-store"),
        _cached("no spaces", "no-transform,no-cache"),
    ),
    fails=lambda: (
        _cached("no header"),
        _cached("max-age", "max-age=60, no-transform"),
        _cached("private alone", "private, no-transform"),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look for either directive over all lines of the field."""
    if not {"no-cache", "no-store"} & set(generation.header_members("cache-control")):
        said = generation.response.value("cache-control")
        read = "there is no Cache-Control" if said is None else f"Cache-Control is {said!r}"
        yield generation.finding(f"{read}, expected 'no-cache' or 'no-store' in it")
