"""S02: the stream does not begin with a byte order mark."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.samples import event, final, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@rule(
    id="S02",
    name="byte-order-mark",
    requirement="The stream does not begin with a byte order mark.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream",
    rationale="The standard ignores one leading byte order mark; httpx-sse takes it for a part of the first field's "
    "name. It is a MUST because an event is lost without an error.",
    consequence="fal_client loses the first preview without an error; fal-js reads it.",
    fix='Encode with "utf-8", not with "utf-8-sig", and strip the mark from text that was read from a file.',
    requires=("H02",),
    passes=lambda: (
        sample("a mark in a JSON string", stream(*good_events()[:-1], event(final(prompt="\ufeffa red disc")))),
        sample("a mark in a later comment", stream(*good_events()[:-1], b": \xef\xbb\xbf\n\n", good_events()[-1])),
    ),
    fails=lambda: (
        sample("a mark before the first event", stream(b"\xef\xbb\xbf" + good_events()[0], *good_events()[1:])),
        sample("a mark in a chunk of its own", stream(b"\xef\xbb\xbf", *good_events())),
        sample("a mark before a comment", stream(b"\xef\xbb\xbf: hello\n\n", *good_events())),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look at the first line."""
    if generation.lines and generation.lines[0].has_byte_order_mark:
        yield generation.finding(
            "Legal SSE, but the stream begins with a byte order mark (EF BB BF): fal_client loses what its first "
            "line says",
            offset=0,
        )
