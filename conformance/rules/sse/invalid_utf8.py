"""S01: the whole body is valid UTF-8."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Line, LineEnding
from conformance.rules.sse import content_offset
from conformance.samples import good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few


@rule(
    id="S01",
    name="invalid-utf-8",
    requirement="The whole body is valid UTF-8.",
    level=Level.MUST,
    basis=Basis.STANDARD,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream",
    rationale="An event stream is always read as UTF-8, whatever the charset parameter says, and what is not UTF-8 "
    "is replaced. Where the bytes were cut into chunks does not matter.",
    consequence="Both fal clients show U+FFFD in place of the character, without an error.",
    fix='Write the stream with json.dumps(payload) and .encode("utf-8"); never with another encoding.',
    requires=("H02",),
    passes=lambda: (
        sample("a character cut by a chunk edge", stream(b": caf\xc3", b"\xa9\n\n", *good_events())),
        sample("a real U+FFFD", stream(b": caf\xef\xbf\xbd\n\n", *good_events())),
        sample("a character outside the first plane", stream(b": \xf0\x9f\x8e\xa8\n\n", *good_events())),
    ),
    fails=lambda: (
        sample("a Latin-1 byte", stream(b": caf\xe9\n\n", *good_events())),
        sample("half a surrogate pair", stream(b": \xed\xa0\xbd\n\n", *good_events())),
        sample("an overlong slash", stream(b": \xc0\xaf\n\n", *good_events())),
        sample("a character cut off by the end of the stream", stream(*good_events(), b": caf\xc3")),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Decode line by line, since no byte of a longer character looks like a line ending."""
    yield from first_few(_findings(generation))


def _findings(generation: Evidence) -> Iterator[Finding]:
    for line in generation.lines:
        error = _fault(line)
        if error is not None and not _may_go_on(generation, line, error):
            byte = line.content[error.start]
            yield generation.finding(
                f"byte 0x{byte:02x} does not begin a UTF-8 character here, expected UTF-8 throughout",
                offset=content_offset(line) + error.start,
            )


def _fault(line: Line) -> UnicodeDecodeError | None:
    try:
        line.content.decode()
    except UnicodeDecodeError as error:
        return error
    return None


def _may_go_on(generation: Evidence, line: Line, error: UnicodeDecodeError) -> bool:
    """Whether a stream that broke off could have gone on with the rest of the character."""
    is_cut = not generation.transcript.end.ending.is_clean or generation.coding_error is not None
    return is_cut and line.ending is LineEnding.NONE and error.reason == "unexpected end of data"
