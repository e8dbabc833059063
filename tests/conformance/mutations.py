"""Good streams with one thing broken mechanically."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from conformance.core import Ending, Transcript
from conformance.samples import SSE_HEADERS, documented_events, good_events, stream, timed_stream
from tests.conformance.verdicts import CATALOGUE

__all__ = ["KINDS", "STREAMS", "Kind", "Mutant", "mutants"]

Pieces = list[bytes]

STREAMS = {"good": tuple(good_events()), "documented": tuple(documented_events())}
_MOST_MUTANTS = 100


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A broken stream.

    Attributes:
        what: Where it was broken.
        transcript: The stream.
    """

    what: str
    transcript: Transcript


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A way to break a stream.

    Attributes:
        name: What it does.
        make: Gives the mutants of a stream.
        caught_by: Rules of which one is expected to fire.
        same_head: Whether status, header fields and ending stay good, so that payloads alone decide about harm.
    """

    name: str
    make: Callable[[Pieces], Iterator[Mutant]]
    caught_by: frozenset[str]
    same_head: bool = True


def mutants(kind: Kind, name: str) -> list[Mutant]:
    """The mutants of a stream, a seeded choice of them where there are many."""
    made = list(kind.make(list(STREAMS[name])))
    return made if len(made) <= _MOST_MUTANTS else random.Random(kind.name).sample(made, _MOST_MUTANTS)


def _places(pieces: Pieces, *, in_pictures: bool) -> Iterator[tuple[int, int]]:
    for number, piece in enumerate(pieces):
        start = piece.index(b"base64,") + len(b"base64,")
        end = piece.index(b'"', start)
        yield from ((number, at) for at in range(len(piece)) if (start <= at < end) is in_pictures)


def _with(pieces: Pieces, number: int, piece: bytes, what: object) -> Mutant:
    changed = [*pieces[:number], piece, *pieces[number + 1 :]]
    return Mutant(what=f"event {number}: {what}", transcript=stream(*filter(None, changed)))


def _at_each_byte(change: Callable[[bytes], bytes], *, in_pictures: bool) -> Callable[[Pieces], Iterator[Mutant]]:
    def make(pieces: Pieces) -> Iterator[Mutant]:
        for number, at in _places(pieces, in_pictures=in_pictures):
            piece = pieces[number]
            what = piece[max(0, at - 20) : at], piece[at : at + 1]
            yield _with(pieces, number, piece[:at] + change(piece[at : at + 1]) + piece[at + 1 :], what)

    return make


def _in_each_event(change: Callable[[bytes], bytes]) -> Callable[[Pieces], Iterator[Mutant]]:
    def make(pieces: Pieces) -> Iterator[Mutant]:
        for number, piece in enumerate(pieces):
            yield _with(pieces, number, change(piece), "changed")

    return make


def _in_every_event(change: Callable[[bytes], bytes]) -> Callable[[Pieces], Iterator[Mutant]]:
    return lambda pieces: iter([Mutant(what="all", transcript=stream(*map(change, pieces)))])


def _cut(ending: Ending) -> Callable[[Pieces], Iterator[Mutant]]:
    def make(pieces: Pieces) -> Iterator[Mutant]:
        for number, piece in enumerate(pieces):
            for at in range(1 if number == 0 else 0, len(piece)):
                left = list(filter(None, [*pieces[:number], piece[:at]]))
                yield Mutant(what=f"event {number}, byte {at}", transcript=stream(*left, ending=ending))

    return make


def _cut_between_events(pieces: Pieces) -> Iterator[Mutant]:
    for left in range(1, len(pieces)):
        yield Mutant(what=f"after {left} events", transcript=stream(*pieces[:left]))


def _reordered(pieces: Pieces) -> Iterator[Mutant]:
    for one, other in combinations(range(len(pieces)), 2):
        swapped = list(pieces)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        yield Mutant(what=f"{one} and {other}", transcript=stream(*swapped))


def _stalled(pieces: Pieces) -> Iterator[Mutant]:
    for number in range(len(pieces) + 1):
        timed = [(500 * (at + 1) + (40_000 if at >= number else 0), piece) for at, piece in enumerate(pieces)]
        end_ms = 500 * (len(pieces) + 1) + 40_000
        yield Mutant(what=f"before event {number}", transcript=timed_stream(timed, end_ms=end_ms))


def _with_status(pieces: Pieces) -> Iterator[Mutant]:
    for status in (201, 202, 204, 206, 301, 302, 304, 400, 401, 404, 409, 422, 429, 500, 502, 503, 599):
        yield Mutant(what=str(status), transcript=stream(*pieces, status=status))


def _with_media_type(pieces: Pieces) -> Iterator[Mutant]:
    for media_type in (
        "application/json",
        "application/x-ndjson",
        "text/plain",
        "text/event-streams",
        "",
        "Text/Event-Stream",
    ):
        headers = (("content-type", media_type), *SSE_HEADERS[1:])
        yield Mutant(what=media_type, transcript=stream(*pieces, headers=headers))


def _rules(*families: str) -> frozenset[str]:
    return frozenset(id_ for id_ in CATALOGUE.rules if id_.startswith(families))


KINDS = (
    Kind(
        name="drop a byte of the text",
        make=_at_each_byte(lambda byte: b"", in_pictures=False),
        caught_by=_rules("S", "J", "I", "F"),
    ),
    Kind(
        name="drop a byte of a picture",
        make=_at_each_byte(lambda byte: b"", in_pictures=True),
        caught_by=_rules("I0", "F03"),
    ),
    Kind(
        name="set a high bit in the text",
        make=_at_each_byte(lambda byte: bytes([byte[0] ^ 0x80]), in_pictures=False),
        caught_by=_rules("S01"),
    ),
    Kind(
        name="set a high bit in a picture",
        make=_at_each_byte(lambda byte: bytes([byte[0] ^ 0x80]), in_pictures=True),
        caught_by=_rules("S01"),
    ),
    Kind(name="break base64", make=_at_each_byte(lambda byte: b"!", in_pictures=True), caught_by=_rules("I0", "F03")),
    Kind(
        name="another base64 digit",
        make=_at_each_byte(lambda byte: b"A" if byte != b"A" else b"B", in_pictures=True),
        caught_by=_rules("I", "F03"),
    ),
    Kind(name="cut and drop", make=_cut(Ending.TRUNCATED), caught_by=_rules("H07"), same_head=False),
    Kind(name="cut and reset", make=_cut(Ending.RESET), caught_by=_rules("H07"), same_head=False),
    Kind(name="cut and end cleanly", make=_cut(Ending.COMPLETE), caught_by=_rules("S03", "S04", "F", "J", "I")),
    Kind(name="end cleanly between events", make=_cut_between_events, caught_by=_rules("F")),
    Kind(name="lose an event", make=_in_each_event(lambda piece: b""), caught_by=_rules("F")),
    Kind(name="send an event twice", make=_in_each_event(lambda piece: piece * 2), caught_by=_rules("F", "I06")),
    Kind(name="reorder two events", make=_reordered, caught_by=_rules("J06", "F", "I")),
    Kind(
        name="one event with CRLF",
        make=_in_each_event(lambda piece: piece.replace(b"\n", b"\r\n")),
        caught_by=_rules("S10"),
    ),
    Kind(
        name="one event with CR",
        make=_in_each_event(lambda piece: piece.replace(b"\n", b"\r")),
        caught_by=_rules("S10"),
    ),
    Kind(
        name="all events with CRLF",
        make=_in_every_event(lambda piece: piece.replace(b"\n", b"\r\n")),
        caught_by=_rules("S10"),
    ),
    Kind(
        name="all events with CR",
        make=_in_every_event(lambda piece: piece.replace(b"\n", b"\r")),
        caught_by=_rules("S10"),
    ),
    Kind(name="double a blank line", make=_in_each_event(lambda piece: piece + b"\n"), caught_by=_rules("S08")),
    Kind(name="half a blank line", make=_in_each_event(lambda piece: piece[:-1]), caught_by=_rules("S03", "J01")),
    Kind(
        name="another picture type",
        make=_in_each_event(lambda piece: piece.replace(b'e": "image/jpeg', b'e": "image/png')),
        caught_by=_rules("I03", "F03"),
    ),
    Kind(name="another status", make=_with_status, caught_by=_rules("H01", "H18"), same_head=False),
    Kind(name="another media type", make=_with_media_type, caught_by=_rules("H02", "H03"), same_head=False),
    Kind(name="stall for 40 s", make=_stalled, caught_by=_rules("C0", "F04"), same_head=False),
)
