"""X04: the clients deliver every event however the network cuts the stream."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.clients.reading import as_received
from conformance.clients.survey import CLIENTS
from conformance.core import Chunk, Recut, Transcript
from conformance.samples import event, final, good_events, preview, stream
from conformance.signs.applicability import require_fal_clients, require_whole
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

# Inside a run of other bytes no reader notices where it is cut.
_NOTICED = re.compile(rb"[\x00-\x1f:\x80-\xff]|[^\x00-\x1f:\x80-\xff]+")

# Each cut is a reading by each client; a stream of previews has dozens of events.
_MOST_EVENTS = 5000

_CUTS: dict[str, Callable[[tuple[Chunk, ...]], tuple[Chunk, ...]]] = {
    "inside a line ending": Recut.LINE_FEEDS.apply,
    "inside a character": Recut.CHARACTERS.apply,
    "nowhere (all events in one read)": Recut.WHOLE.apply,
    "at each byte that a reader looks at": lambda chunks: tuple(
        replace(chunk, data=piece) for chunk in chunks for piece in _NOTICED.findall(chunk.data)
    ),
}

_CUT_FOR = ("fal_client", "fal-js")


@rule(
    id="X04",
    name="risky-chunk-edges",
    requirement="The official clients deliver every event however the network cuts the stream.",
    level=Level.MAY,
    basis=Basis.CLIENT,
    reference="https://github.com/rexxars/eventsource-parser/tree/v1.1.2",
    rationale="Chunk edges differ from run to run. The recorded stream is cut anew here, at the places where readers "
    "have been seen to stumble, and read again. What is found is a risk and no violation: S10, S11 and J03 warn of the "
    "causes, so this is a note that shows the cut that hurts.",
    consequence="Now and then, on some networks, a client loses an event or shows a replacement character.",
    fix='Write "\\n" line ends, one data line an event, and ASCII-only JSON; then no cut can hurt.',
    requires=("X01", "X02"),
    passes=lambda: (
        sample("ASCII-only JSON with LF", stream(*good_events())),
        sample("CRLF throughout, a data line an event", stream(*(_crlf(part) for part in good_events()))),
        sample("comments and retry", stream(b": hello\nretry: 3000\n" + good_events()[0], *good_events()[1:])),
    ),
    fails=lambda: (
        sample(
            "a character of three bytes",
            stream(*good_events()[:-1], event(final()).replace(b"red disc", "\u5186".encode())),
            sets_off=("J03",),
        ),
        sample("JSON over several CRLF lines", stream(_two_lines(), *map(_crlf, good_events()[1:])), sets_off=("S11",)),
        sample(
            "CRLF keep-alives in reads of their own",
            stream(*good_events()[:2], b": ping\r\n\r\n", *good_events()[2:]),
            sets_off=("S10",),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Read the stream again in every cut; tell of the first that hurts each client."""
    require_fal_clients(generation)
    require_whole(generation)
    # No cut can hurt, and to find that out by reading the stream eight times takes longer than all other rules.
    if generation.body.isascii() and b"\r" not in generation.body:
        return
    if len(generation.events) > _MOST_EVENTS:
        raise NotApplicable(f"more than {_MOST_EVENTS} events: {len(generation.events)}")
    answer = as_received(generation)
    for name in _CUT_FOR:
        client = CLIENTS[name]
        for where, recut in _CUTS.items():
            difference = client.read(_cut(answer, recut)).difference(client.expected(generation))
            if difference is not None:
                yield generation.finding(f"cut {where}, {name} {difference}, expected all of them in every cut")
                break


def _cut(answer: Transcript, recut: Callable[[tuple[Chunk, ...]], Sequence[Chunk]]) -> Transcript:
    return replace(answer, chunks=tuple(chunk for chunk in recut(answer.chunks) if chunk.data))


def _crlf(part: bytes) -> bytes:
    return part.replace(b"\n", b"\r\n")


def _two_lines() -> bytes:
    return _crlf(event(preview(1)).replace(b'"total_steps"', b'\ndata: "total_steps"'))
