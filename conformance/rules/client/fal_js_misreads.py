"""X02: fal's JavaScript client delivers every event."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.clients.reading import ReadingEnd
from conformance.clients.survey import CLIENTS
from conformance.samples import event, final, good_events, preview, stream
from conformance.signs.applicability import require_fal_clients, require_whole
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@rule(
    id="X02",
    name="fal-js-misreads",
    requirement="@fal-ai/client delivers every event of the stream, cut as it was recorded, and done() resolves.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://github.com/rexxars/eventsource-parser/tree/v1.1.2",
    rationale="fal's JavaScript client reads the recorded answer here on the edges at which it came, through a model "
    "that is compared with the real package. Causes that other rules at the same level know are left to them. One that "
    "is only a risk (S10, S11) is a failure once events are lost on these very edges; characters garbled by a chunk "
    "edge and rounded integers stay warnings (J03, J08), since no event is lost and the next run may be cut elsewhere.",
    consequence="An app in JavaScript gets fewer events than were sent, and done() can resolve with a preview.",
    fix='Write each event with one data line and "\\n" line ends, in one piece.',
    requires=("H01", "H02", "H03", "H07", "H18", "S01", "S03", "S04", "S06", "S09", "J01", "J02"),
    passes=lambda: (
        sample("previews and a final", stream(*good_events())),
        sample("CRLF throughout", stream(*(part.replace(b"\n", b"\r\n") for part in good_events()))),
        sample("CRLF cut by chunk edges", stream(*(piece for part in good_events() for piece in _cut_crlf(part)))),
        sample("all events in one read", stream(b"".join(good_events()), first_ms=900)),
        sample(
            "one line feed more than needed after each event",
            stream(*(part + b"\n" for part in good_events())),
        ),
        sample("a character cut by a chunk edge, which is J03's", stream(*_cut_character()), sets_off=("J03",)),
        sample("an integer that is rounded, which is J08's", stream(event(final(seed=2**60 + 1))), sets_off=("J08",)),
    ),
    fails=lambda: (
        sample(
            "a CRLF event and LF events in one read",
            stream(good_events()[0].replace(b"\n", b"\r\n") + b"".join(good_events()[1:]), first_ms=900),
            sets_off=("S10",),
        ),
        sample(
            "a CRLF keep-alive and the final in one read",
            stream(*good_events()[:-1], b": ping\r\n\r\n" + good_events()[-1]),
            sets_off=("S10",),
        ),
        sample("JSON over several CRLF lines, cut inside a CRLF", stream(*_cut_lines()), sets_off=("S11",)),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare what the client delivers with the events as the standard decodes them, numbers as JavaScript has them."""
    require_fal_clients(generation)
    require_whole(generation)
    client = CLIENTS["fal-js"]
    reading, expected = client.reading(generation), client.expected(generation)
    difference = reading.difference(expected)
    # More events than the standard finds: a mark that began a chunk was dropped, and what follows it was saved.
    has_all = reading.end is ReadingEnd.FINISHED and len(reading.events) >= len(expected)
    if difference is None or has_all:
        return
    place = min(len(reading.events), len(expected) - 1)
    yield generation.finding(f"fal-js {difference}, expected all of them", event=generation.events[place])


def _cut_crlf(part: bytes) -> tuple[bytes, bytes]:
    whole = part.replace(b"\n", b"\r\n")
    return whole[:-1], whole[-1:]


def _cut_character() -> list[bytes]:
    parts = good_events()[:-1]
    whole = event(final(prompt="a red disc")).replace(b"red disc", "\u5186".encode())
    edge = whole.index("\u5186".encode()) + 1
    return [*parts, whole[:edge], whole[edge:]]


def _cut_lines() -> list[bytes]:
    whole = event(preview(1)).replace(b'"total_steps"', b'\r\ndata: "total_steps"').replace(b"\n\n", b"\r\n\r\n")
    edge = whole.index(b"\n")
    return [whole[:edge], whole[edge:], *(part.replace(b"\n", b"\r\n") for part in good_events()[1:])]
