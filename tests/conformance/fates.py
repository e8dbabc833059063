"""What became of each mutant of a good stream.

``python -m tests.conformance.fates`` prints how many were caught, by kind.
"""

import io
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache
from urllib.request import urlopen

import httpx
from httpx_sse import EventSource
from PIL import Image

from conformance.clients.reading import Reading
from conformance.core import Transcript
from conformance.judging.evaluation import evaluate
from conformance.profiles.profile import Profile
from conformance.samples import stream
from conformance.stream.evidence import Evidence
from conformance.stream.payload import Json
from tests.clients.fal_js import read_with_fal_js
from tests.conformance.mutations import KINDS, STREAMS, Kind, Mutant, mutants
from tests.conformance.verdicts import CATALOGUE

__all__ = ["Fate", "fates"]

_PROFILE = Profile(name="mutants")


class Fate(Enum):
    """What became of a mutant."""

    CAUGHT = "caught"
    """One of the rules expected of its kind fired that does not fire on the original."""
    HARMLESS = "harmless"
    """Our decoder, httpx-sse (which fal_client reads with) and the real fal-js all read the original's payloads."""
    ANOTHER_STREAM = "another stream"
    """All read the same payloads, and a good endpoint could have sent them: see :func:`_could_be_meant`."""
    KNOWN = "known"
    """Missed, as is known: without steps, a clean end after one preview cannot be told from a stream of one picture."""
    MISSED = "missed"
    """None of these."""


_READ_BY_ALL = (Fate.HARMLESS, Fate.ANOTHER_STREAM)


def fates(kind: Kind, name: str) -> list[tuple[Mutant, Fate]]:
    """What became of each mutant of a stream."""
    made = [(mutant, _fate(kind, name, mutant)) for mutant in mutants(kind, name)]
    spared = [mutant.transcript for mutant, what in made if what in _READ_BY_ALL]
    agreed = iter([list(reading.events) == _payloads(item) for item, reading in _by_fal_js(spared)])
    return [(mutant, Fate.MISSED if what in _READ_BY_ALL and not next(agreed) else what) for mutant, what in made]


def _by_fal_js(transcripts: list[Transcript]) -> Iterator[tuple[Transcript, Reading]]:
    yield from zip(transcripts, read_with_fal_js(transcripts) if transcripts else [], strict=True)


def _fate(kind: Kind, name: str, mutant: Mutant) -> Fate:
    # F02 is the one rule that the documented stream fails itself: it says that no reader can tell a lost final.
    new = _fired(mutant.transcript) - _fired_anyway(name)
    if new & kind.caught_by:
        return Fate.CAUGHT
    ours, original = _payloads(mutant.transcript), _payloads(stream(*STREAMS[name]))
    if kind.same_head and _read_by_httpx_sse(mutant.transcript.body) == ours:
        if ours == original:
            return Fate.HARMLESS
        if _could_be_meant(original, ours):
            return Fate.ANOTHER_STREAM
    is_lone_picture = len(ours) == 1 and ours == original[:1] and name == "documented"
    return Fate.KNOWN if is_lone_picture else Fate.MISSED


def _fired(transcript: Transcript) -> frozenset[str]:
    results = evaluate([transcript], _PROFILE, catalogue=CATALOGUE).results
    return frozenset(item.rule.id for item in results if item.verdict.falls_short and not item.rule.level.is_note)


@cache
def _fired_anyway(name: str) -> frozenset[str]:
    return _fired(stream(*STREAMS[name])) - {"F02"}


def _payloads(transcript: Transcript) -> list[Json]:
    return [event.payload.value for event in Evidence(transcript).events]


def _read_by_httpx_sse(body: bytes) -> list[Json] | None:
    answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body)
    try:
        return [json.loads(event.data) for event in EventSource(answer).iter_sse()]
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None


_FREE_VALUES = ("prompt", "seed", "inference", "step", "total_steps", "progress")
_FREE_NAMES = (*_FREE_VALUES, "timings", "width", "height", "image", "images", "final")


def _could_be_meant(original: Sequence[Json], mutant: Sequence[Json]) -> bool:
    """Whether each event differs in nothing but what endpoints are free in, or only previews are fewer or more.

    They are free in the names of members that no rule asks for, in texts and numbers, and in what is in a picture.
    """
    if len(original) == len(mutant) and all(map(_is_free, original, mutant)):
        return True
    known = [original.index(item) if item in original else -1 for item in mutant]
    return -1 not in known and known == sorted(known) and known.count(len(original) - 1) == 1


def _is_free(before: Json, after: Json, name: str = "") -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        names = zip(before, after, strict=False)
        is_named = len(before) == len(after) and all(old == new or old in _FREE_NAMES for old, new in names)
        return is_named and all(map(_is_free, before.values(), after.values(), before))
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_is_free, before, after))
    if name == "url" and isinstance(before, str) and isinstance(after, str):
        return _shape(before) == _shape(after)
    return before == after or (name in _FREE_VALUES and type(before) is type(after)) or after == "image/jpg"


def _shape(url: str) -> tuple[str | None, tuple[int, int]] | None:
    try:
        with urlopen(url) as data, Image.open(io.BytesIO(data.read())) as picture:  # noqa: S310 - a data URI
            picture.load()
            return picture.format, picture.size
    except (OSError, ValueError, SyntaxError):
        return None


def _table() -> Iterator[str]:
    for kind in KINDS:
        counts = Counter(what for name in STREAMS for _, what in fates(kind, name))
        yield f"{kind.name:<28} " + ", ".join(f"{counts[item]} {item.value}" for item in Fate if counts[item]) + "\n"


if __name__ == "__main__":
    sys.stdout.writelines(_table())
