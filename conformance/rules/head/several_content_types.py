"""H15: the media type is said once."""

import re
from collections.abc import Iterator

from conformance.catalogue import Basis, Level, Sample, rule, sample
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

# A quoted parameter may hold a comma; outside quotes it can only join two lines.
_MEMBER = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,"])+')


def _typed(title: str, *values: str, sets_off: tuple[str, ...] = ()) -> Sample:
    headers = (*(("content-type", value) for value in values), *SSE_HEADERS[1:])
    return sample(title, stream(*good_events(), headers=headers), sets_off=sets_off)


@rule(
    id="H15",
    name="several-content-types",
    requirement="There is one Content-Type, on one line.",
    level=Level.SHOULD,
    basis=Basis.STANDARD,
    reference="https://www.rfc-editor.org/rfc/rfc9110#section-5.3",
    rationale="Content-Type is no list, so a sender may give it once; with two, each reader picks its own: the first, "
    "the last, or both joined by a comma. HTTP libraries hide it, so the field lines are judged as they came, and so "
    "is a line in which an intermediary joined them. Both official clients go by the first: a warning.",
    consequence="Works in fal_client and fal-js while text/event-stream comes first; a browser may take the other one "
    "and refuse the stream.",
    fix='Set the type once, with media_type="text/event-stream", and not in headers or in a middleware as well.',
    requires=("H01",),
    passes=lambda: (
        _typed("one line", "text/event-stream; charset=utf-8"),
        _typed("a comma in a quoted parameter", 'text/event-stream; profile="a, b"'),
    ),
    fails=lambda: (
        _typed(
            "the framework's and the middleware's",
            "text/event-stream; charset=utf-8",
            "application/json",
            sets_off=("X03",),
        ),
        _typed("the same type twice", "text/event-stream; charset=utf-8", "text/event-stream"),
        _typed("two joined on one line", "text/event-stream; charset=utf-8, text/event-stream"),
        _typed("two joined without parameters", "text/event-stream, text/event-stream"),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Count the values over all lines; H02 judges a response without any."""
    values = [value for line in generation.response.values("content-type") for value in _MEMBER.findall(line)]
    if len(values) > 1:
        said = ", ".join(repr(value.strip()) for value in values)
        yield generation.finding(f"Content-Type is given {len(values)} times ({said}), expected once")
