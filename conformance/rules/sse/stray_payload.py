"""S06: no payload stands outside a data field."""

import json
from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.rules.sse import quoted, stray_lines
from conformance.samples import event, final, good_events, preview, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few


def _pretty(prefix: str) -> bytes:
    lines = json.dumps(final(), indent=2).splitlines()
    return ("data: " + f"\n{prefix}".join(lines) + "\n\n").encode()


@rule(
    id="S06",
    name="stray-payload",
    requirement="Every line of the payload has `data:` before it.",
    level=Level.MUST,
    basis=Basis.STANDARD,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation",
    rationale="A line without a known field name is ignored. Where such a line is plainly a piece of the payload, "
    "the event is lost or broken: a MUST, although the format itself allows any line.",
    consequence="Events vanish without an error in both fal clients, or arrive as half a document that does not parse.",
    fix='Write the JSON on one line with json.dumps(payload) and no indent: f"data: {json}\\n\\n".',
    requires=("H02",),
    passes=lambda: (
        sample("pretty JSON with `data:` on each line", stream(*good_events()[:-1], _pretty("data: "))),
        sample("an escaped line break in a string", stream(*good_events()[:-1], event(final(prompt="a\nred disc")))),
        sample("JSON in a comment", stream(*good_events()[:-1], b': {"a": 1}\n\n', good_events()[-1])),
        sample("an unknown field, which is S05's", stream(b"msg: hello\n\n", *good_events()), sets_off=("S05",)),
    ),
    fails=lambda: (
        sample("bare JSON lines", stream(b'{"step": 1}\n', b'{"step": 2}\n')),
        sample("bare JSON beside events", stream(*good_events()[:-1], b'{"a": 1}\n\n', good_events()[-1])),
        sample(
            "a raw line break inside a JSON string",
            stream(*good_events()[:-1], event(final(prompt="a\nred: disc")).replace(b"a\\nred", b"a\nred")),
        ),
        sample("pretty JSON with one prefix", stream(*good_events()[:-1], _pretty(""))),
        sample(
            "base64 broken into lines",
            stream(event(preview()).replace(b"base64,/9j/", b"base64,/9j/\n"), *good_events()[1:]),
        ),
        sample("a bare [DONE]", stream(*good_events()[:-1], b"[DONE]\n\n", good_events()[-1])),
        sample("a last line of JSON without a line break", stream(b'{"step": 1}')),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look at what is neither a comment nor a known field."""
    yield from first_few(
        generation.finding(
            f"Legal SSE, but the line {quoted(line.content)} looks like payload, expected 'data: ' before it: "
            "readers ignore it",
            offset=line.offset,
        )
        for block in generation.blocks
        for line, is_payload in stray_lines(block)
        if is_payload
    )
