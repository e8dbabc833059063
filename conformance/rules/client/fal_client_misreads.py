"""X01: fal's Python client delivers every event."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.clients.survey import CLIENTS
from conformance.samples import event, final, good_events, preview, stream
from conformance.signs.applicability import require_fal_clients, require_whole
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

# Python refuses to turn more than 4300 digits into a number.
_DIGITS = b"9" * 5000


@rule(
    id="X01",
    name="fal-client-misreads",
    requirement="fal_client delivers every event of the stream and ends normally.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://github.com/florimondmanca/httpx-sse",
    rationale="Most users read the stream with fal's own Python client, so it reads the recorded answer here, with the "
    "decoding of the installed httpx-sse. Rules about a known cause come first, and this one leaves the case to them "
    "when one at the same level has failed; it is for what they do not know, and for a cause that is only a warning "
    "until the client fails on it.",
    consequence="A program that iterates over fal_client.stream() gets an exception, or fewer events than were sent.",
    fix="Look at the event named here and at the rules that warn; send one object of plain JSON in each event.",
    requires=("H01", "H02", "H03", "H04", "H07", "H18", "S02", "S03", "S04", "S06", "S07", "S08", "S09", "J01"),
    passes=lambda: (
        sample("previews and a final", stream(*good_events())),
        sample("comments between events, without ids", stream(good_events()[0], b": ping\n\n", *good_events()[1:])),
        sample("CRLF throughout", stream(*(part.replace(b"\n", b"\r\n") for part in good_events()))),
        sample("an event in several reads", stream(*(half for part in good_events() for half in _halves(part)))),
    ),
    fails=lambda: (
        sample(
            "a seed of more digits than Python turns into a number",
            stream(*good_events()[:-1], event(final(seed=None)).replace(b'"final"', b'"seed": %s, "final"' % _DIGITS)),
            sets_off=("J08",),
        ),
        sample(
            "a preview with such a number",
            stream(event(preview(1)).replace(b'"step"', b'"noise": %s, "step"' % _DIGITS), *good_events()[1:]),
            sets_off=("J08",),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare what the client delivers with the events as the standard decodes them."""
    require_fal_clients(generation)
    require_whole(generation)
    client = CLIENTS["fal_client"]
    reading, expected = client.reading(generation), client.expected(generation)
    difference = reading.difference(expected)
    if difference is not None:
        place = min(len(reading.events), len(expected) - 1)
        yield generation.finding(f"fal_client {difference}, expected all of them", event=generation.events[place])


def _halves(data: bytes) -> tuple[bytes, bytes]:
    return data[: len(data) // 2], data[len(data) // 2 :]
