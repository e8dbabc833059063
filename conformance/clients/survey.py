"""Who reads the streams of an endpoint, and what each of them gets of one recorded stream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from conformance.clients.browser import read_with_browser
from conformance.clients.fal_client import read_with_fal_client
from conformance.clients.fal_js import read_with_fal_js
from conformance.clients.javascript import parse_as_javascript
from conformance.clients.openai_python import read_with_openai_python
from conformance.clients.reading import Reader, Reading, as_received
from conformance.stream.event import Event
from conformance.stream.evidence import Evidence
from conformance.stream.payload import Json

__all__ = ["CLIENTS", "Client", "ClientOutcome", "outcome_of", "survey"]

# A stream of garbled events is not searched to its end for each of them.
_MOST_LOST_IN_A_ROW = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A way to read a stream.

    Attributes:
        name: What it is called.
        read: Reads an answer as it does.
        is_javascript: Whether its numbers are JavaScript's.
        version: The release that reads, where it is known here; else empty.
    """

    name: str
    read: Reader
    is_javascript: bool = False
    version: str = ""

    def reading(self, evidence: Evidence) -> Reading:
        """What it delivers of a recorded stream, on the edges at which it came; shared by all who ask."""
        return evidence.once(self._read)

    def expected(self, evidence: Evidence) -> tuple[Json, ...]:
        """The payloads of a stream's events, as its language has them."""
        return evidence.once(_in_javascript if self.is_javascript else _in_python)

    def _read(self, evidence: Evidence) -> Reading:
        return self.read(as_received(evidence))


CLIENTS: Mapping[str, Client] = MappingProxyType(
    {
        client.name: client
        for client in (
            Client(name="fal_client", read=read_with_fal_client),
            Client(name="fal-js", read=read_with_fal_js, is_javascript=True),
            Client(name="browser", read=read_with_browser, is_javascript=True),
            Client(name="openai-python", read=read_with_openai_python),
        )
    }
)
"""Every client that is known, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOutcome:
    """What one client gets of one stream.

    Attributes:
        client: The client.
        reading: What it delivers, and how it ends.
        delivered: How many of the stream's events are delivered, unchanged and in order.
        expected: How many events were sent, one that is cut off at the end included.
        has_final: Whether the final one is among them; None where none was seen to be sent.
    """

    client: Client
    reading: Reading
    delivered: int
    expected: int
    has_final: bool | None


def survey(evidence: Evidence) -> tuple[ClientOutcome, ...]:
    """Let each client that the profile names read a recorded stream."""
    return tuple(outcome_of(CLIENTS[name], evidence) for name in evidence.conventions.clients)


def outcome_of(client: Client, evidence: Evidence) -> ClientOutcome:
    """Let one client read a recorded stream."""
    reading, expected = client.reading(evidence), client.expected(evidence)
    places, lost = _places(reading.events, expected), _has_unfinished_event(evidence)
    # Without a mark, what was cut off at the end may have been it.
    final = evidence.certain_final if evidence.marked_finals or not lost else None
    return ClientOutcome(
        client=client,
        reading=reading,
        delivered=len(places),
        expected=len(expected) + lost,
        has_final=final.index in places if final is not None else False if lost else None,
    )


def _has_unfinished_event(evidence: Evidence) -> bool:
    """Whether the body ends within an event, which every reader throws away."""
    tail = evidence.unfinished_block
    return tail is not None and any(line.name == b"data" for line in tail.lines)


def _places(events: Sequence[Json], expected: Sequence[Json]) -> frozenset[int]:
    """Which of the expected events are delivered, in order."""
    places: set[int] = set()
    start = 0
    for event in events:
        ahead = range(start, min(start + _MOST_LOST_IN_A_ROW, len(expected)))
        place = next((index for index in ahead if expected[index] == event), None)
        if place is not None:
            places.add(place)
            start = place + 1
    return frozenset(places)


def _in_javascript(evidence: Evidence) -> tuple[Json, ...]:
    return tuple(map(_parsed, evidence.events))


def _parsed(event: Event) -> Json:
    try:
        return parse_as_javascript(event.sse.data)
    except (ValueError, RecursionError):
        return None


def _in_python(evidence: Evidence) -> tuple[Json, ...]:
    return tuple(event.payload.value for event in evidence.events)
