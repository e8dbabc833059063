"""What one client delivers of a stream to the program that uses it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from conformance.core import Ending, Transcript
from conformance.stream.evidence import Evidence
from conformance.stream.payload import Json

__all__ = ["Reader", "Reading", "ReadingEnd", "as_received"]


class ReadingEnd(Enum):
    """How reading ends for the program that uses the client."""

    FINISHED = "ends normally"
    RAISED = "raises"
    HANGS = "waits for ever"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a client delivers.

    Attributes:
        events: The payloads that the program gets, in order.
        end: How it ends.
        error: The error that is raised, as the program sees it; empty for none.
    """

    events: tuple[Json, ...]
    end: ReadingEnd = ReadingEnd.FINISHED
    error: str = ""

    @classmethod
    def to_the_end(cls, answer: Transcript, events: Sequence[Json], *, broken: str) -> "Reading":
        """A reading that ends as the answer does; no official client has a limit of its own.

        Args:
            answer: The answer.
            events: What was delivered of it.
            broken: What is raised where it breaks off.
        """
        ending = answer.end.ending
        if ending.is_clean:
            return cls(events=tuple(events))
        if ending in (Ending.TIMED_OUT, Ending.LIMIT_REACHED, Ending.ABANDONED):
            return cls(events=tuple(events), end=ReadingEnd.HANGS)
        return cls(events=tuple(events), end=ReadingEnd.RAISED, error=broken)

    @classmethod
    def raising(cls, error: str, events: Sequence[Json] = ()) -> "Reading":
        """A reading that ends with an error after some events."""
        return cls(events=tuple(events), end=ReadingEnd.RAISED, error=error)

    def difference(self, expected: Sequence[Json]) -> str | None:
        """What the program gets of the expected payloads, where that is not all of them and a normal end."""
        same = _common(self.events, expected)
        if self.end is ReadingEnd.RAISED:
            return f"raises {self.error} after {_of(same, expected)}"
        if self.end is ReadingEnd.HANGS:
            return f"waits for ever after {_of(same, expected)}"
        if self.events == tuple(expected):
            return None
        if len(self.events) == len(expected):
            return f"delivers event {same} changed, without an error"
        return f"delivers {_of(len(self.events), expected)} and reports success{self._last(expected)}"

    def _last(self, expected: Sequence[Json]) -> str:
        if not self.events:
            return " without a result"
        place = expected.index(self.events[-1]) if self.events[-1] in expected else None
        return "" if place in (None, len(expected) - 1) else f" with event {place}, which is not the last"


Reader = Callable[[Transcript], Reading]
"""Reads the answer as :func:`as_received` gives it, on its own chunk edges."""


def as_received(evidence: Evidence) -> Transcript:
    """The answer as it comes to a client's reader: content codings undone, and no longer announced."""
    head = evidence.response
    headers = tuple(pair for pair in head.headers if pair[0].lower() != "content-encoding")
    return replace(evidence.stream, head=replace(head, headers=headers))


def _common(events: Sequence[Json], expected: Sequence[Json]) -> int:
    """How many events are the expected ones before one is not."""
    pairs = zip(events, expected, strict=False)
    different = next((index for index, (one, other) in enumerate(pairs) if one != other), None)
    return min(len(events), len(expected)) if different is None else different


def _of(count: int, expected: Sequence[Json]) -> str:
    return f"{count} of {len(expected)} events"
