"""S03: the last event ends with a blank line."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.evidence import Evidence
from conformance.finding import Finding
from conformance.samples import event, final, good_events, preview, stream


@rule(
    id="S03",
    name="unterminated-event",
    requirement="The last event ends with a blank line.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation",
    rationale="A blank line dispatches an event; whatever has none at the end of the stream is thrown away.",
    consequence="The final picture is lost without an error; fal-js's done() resolves with a preview.",
    fix='End every event with two line breaks: f"data: {json}\\n\\n".',
    requires=("H02",),
    passes=(
        sample("a comment after the last event", stream(*good_events(), b": bye\n\n")),
        sample("a last comment without its blank line", stream(*good_events(), b": bye")),
        sample("CRLF blank lines", stream(*(piece.replace(b"\n", b"\r\n") for piece in good_events()))),
    ),
    fails=(
        sample("one line break after the final event", stream(event(preview()), event(final())[:-1])),
        sample(
            "no line break after the final event",
            stream(*good_events()[:-1], event(final()).rstrip()),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look for a field in the unfinished tail of a stream that ended by itself."""
    if not generation.transcript.end.ending.is_clean:
        raise NotApplicable("the stream did not end by itself")
    if not generation.blocks or generation.blocks[-1].is_finished:
        return
    tail = generation.blocks[-1]
    lost = [line for line in tail.lines if not line.is_comment]
    if lost:
        yield generation.finding(
            f"the stream ends {len(tail.lines)} line(s) after its last blank line, and a field is among them: "
            "expected a blank line after it",
            offset=lost[0].offset,
        )
