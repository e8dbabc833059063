"""J03: characters beyond ASCII are escaped."""

import json
import re
from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Line
from conformance.samples import event, final, good_events, stream
from conformance.signs.applicability import require_fal_clients
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.location import event_at

_NON_ASCII = re.compile(rb"[\x80-\xff]+")


def _unescaped(prompt: str) -> bytes:
    return event(final(prompt="?")).replace(b'"?"', f'"{prompt}"'.encode())


@rule(
    id="J03",
    name="raw-non-ascii",
    requirement="Characters beyond ASCII are written as escapes in the data.",
    level=Level.SHOULD,
    basis=Basis.CLIENT,
    reference="https://github.com/fal-ai/fal-js/blob/main/libs/client/src/streaming.ts",
    rationale="Raw UTF-8 is legal, so this is advice; but fal-js decodes each chunk by itself, and nobody chooses "
    "where a network cuts. Comments are not looked at: no client hands them out.",
    consequence="A character that two chunks share becomes U+FFFD in fal-js, without an error. On one machine the "
    "cut may never happen; over a network, large events are cut often.",
    fix="Leave ensure_ascii of json.dumps at its default (True); for orjson and others, escape what is above U+007F.",
    requires=("S01", "J01"),
    passes=lambda: (
        sample("an escaped prompt", stream(*good_events()[:-1], event(final(prompt="赤い円")))),
        sample("a comment with raw characters", stream(": 赤い円\n\n".encode(), *good_events())),
    ),
    fails=lambda: (
        sample("raw kanji in the final event", stream(*good_events()[:-1], _unescaped("赤い円"))),
        sample("a raw accent", stream(*good_events()[:-1], _unescaped("un café"))),
        sample("a raw emoji in a progress event", stream('data: {"message": "🎨"}\n\n'.encode(), *good_events())),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look for the first raw character in each data line of an event."""
    require_fal_clients(generation)
    lines = (line for block in generation.blocks if block.is_dispatched for line in block.data_lines)
    # Told at a glance that a line is ASCII, which a search byte by byte would take sixty times as long to find out.
    raw = (line for line in lines if not line.content.isascii())
    yield from first_few(_fault(generation, line, found) for line in raw if (found := _NON_ASCII.search(line.content)))


def _fault(generation: Evidence, line: Line, found: re.Match[bytes]) -> Finding:
    character = found.group().decode("utf-8", "replace")[0]
    offset = line.end - len(line.ending.value) - len(line.content) + found.start()
    return generation.finding(
        f"the data holds a raw {character!r}, expected {json.dumps(character)}: fal-js garbles it at a chunk edge",
        event=event_at(generation, offset),
        offset=offset,
    )
