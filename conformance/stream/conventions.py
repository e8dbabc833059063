"""How an endpoint's stream is to be understood: where pictures stand, how a final event is known, how it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from conformance.core import ServerSentEvent
from conformance.stream.bare_picture import Encoding, pictures_at
from conformance.stream.payload import Json, Payload, parse_payload
from conformance.stream.picture import Picture, find_pictures
from conformance.stream.pixels import DecodingBudget
from conformance.stream.place import Place
from conformance.stream.schema import EventSchema

__all__ = ["Conventions", "DataKind", "EndMarker", "EventRole", "FinalMarker"]

_MARKER_FLAGS = ("final", "is_final", "done", "completed")
_MARKER_KINDS = ("type", "event", "stage", "status", "state", "kind")
_MARKER_WORDS = frozenset({"final", "complete", "completed", "done", "finished", "result", "success", "succeeded"})
_ERROR_WORDS = frozenset({"error", "failed", "failure"})


class DataKind(Enum):
    """What the data of an event is; the value is the word in a profile."""

    JSON = "json"
    """One JSON document."""
    TEXT = "text"
    """Plain text, or an address."""


class EventRole(Enum):
    """What an event of some name is; the value is the word in a profile."""

    PREVIEW = "preview"
    FINAL = "final"
    RESULT = "result"
    """A preview or the result: the last one of them is the result."""
    ERROR = "error"
    OTHER = "other"
    """None of these, such as a log line: it may come at any place, the last included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalMarker:
    """A member of the payload that marks the final event: ``name`` with exactly this ``value``."""

    name: str
    value: Json

    def marks(self, payload: Payload) -> bool:
        """Whether the payload bears the mark."""
        members = payload.members
        return self.name in members and members[self.name] == self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMarker:
    """An event after the result that says nothing but that the stream is over.

    Attributes:
        data: Its data, such as ``[DONE]``; None for any.
        event: Its name; None for any.
        is_required: Whether a stream without it is cut short.
    """

    data: str | None = None
    event: str | None = None
    is_required: bool = True

    def marks(self, event: ServerSentEvent) -> bool:
        """Whether an event is this one."""
        return self.data in (None, event.data.strip()) and self.event in (None, event.event)

    def __str__(self) -> str:
        """As a finding says it."""
        named = f"an event named {self.event!r}" if self.event is not None else "an event"
        return named if self.data is None else f"{named} with the data {self.data!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """What a profile says of the events.

    Attributes:
        data: What the data of an event is.
        carries_pictures: Whether previews and the result are pictures; if not, any object is a result.
        picture_names: Members under which a picture is expected, where no places are declared.
        previews: Where a preview stands; empty to search the payload.
        finals: Where the result stands; empty to search the payload.
        encoding: How a picture is written at these places.
        format_member: The member beside bare base64 that names the picture's format (``png``), or None.
        final_marker: How a final event is marked; None to look for usual markers.
        end_marker: The event that ends a stream; None where its end alone does.
        event_roles: What an event is by its name. Where any is given, every event must have one of these names.
        name_member: The member of the payload that says the same as the event's name, or None.
        requires_ids: Whether every event must have an id.
        schema: What every payload must match, or None.
        clients: Names of the clients with which such streams are read.
    """

    data: DataKind = DataKind.JSON
    carries_pictures: bool = True
    picture_names: frozenset[str] = frozenset({"image", "images", "preview", "previews"})
    previews: tuple[Place, ...] = ()
    finals: tuple[Place, ...] = ()
    encoding: Encoding = Encoding.MEDIA_OBJECT
    format_member: str | None = None
    final_marker: FinalMarker | None = None
    end_marker: EndMarker | None = None
    event_roles: Mapping[str, EventRole] = field(default_factory=dict)
    name_member: str | None = None
    requires_ids: bool = False
    schema: EventSchema | None = None
    clients: tuple[str, ...] = ("fal_client", "fal-js", "browser")

    def read(self, data: str) -> Payload:
        """The data of an event as its payload."""
        return Payload(value=data) if self.data is DataKind.TEXT else parse_payload(data)

    def pictures_of(
        self, payload: Json, *, event_name: str = "", budget: DecodingBudget | None = None
    ) -> tuple[Picture, ...]:
        """The pictures of a payload: those at the declared places, or whatever a search finds."""
        if self.event_roles.get(event_name) in (EventRole.OTHER, EventRole.ERROR):
            return ()
        if not (self.carries_pictures and self.previews):
            return find_pictures(payload, self.picture_names, budget)
        places = dict.fromkeys((*self.previews, *self.finals))
        return pictures_at(places, payload, self.encoding, format_member=self.format_member, budget=budget)

    def shown(self, pictures: tuple[Picture, ...]) -> tuple[Picture, ...]:
        """Those of an event's pictures that it shows: all under a picture name, or all where there are none such."""
        return tuple(item for item in pictures if item.name in self.picture_names) or pictures

    @property
    def declared_final(self) -> str | None:
        """What marks a final event by the profile's word, as a finding says it; None where nothing is declared."""
        if self.final_marker is not None:
            return f"one with {self.final_marker.name!r}: {self.final_marker.value!r}"
        if self._final_names:
            return f"one named {' or '.join(map(repr, sorted(self._final_names)))}"
        return f"one that holds {' or '.join(place.path for place in self._own_finals)}" if self._own_finals else None

    def is_marked_final(self, payload: Payload, event_name: str = "") -> bool:
        """Whether an event says itself that it is the final one.

        Without a declared mark these count: ``final``, ``is_final``, ``done`` or ``completed`` being true;
        or ``type``, ``event``, ``stage``, ``status``, ``state`` or ``kind`` whose last word is one such as
        ``final`` or ``completed`` (``image_generation.completed``).
        """
        if self.final_marker is not None:
            return self.final_marker.marks(payload)
        if self._final_names:
            return event_name in self._final_names
        if self._own_finals:
            return any(place.is_filled(payload.value) for place in self._own_finals)
        members = payload.members
        return any(members.get(flag) is True for flag in _MARKER_FLAGS) or any(
            _last_word(members.get(kind)) in _MARKER_WORDS for kind in _MARKER_KINDS
        )

    def is_error(self, payload: Payload, event_name: str = "") -> bool:
        """Whether an event reports a failure: a truthy ``error``, a kind such as ``stage: error``, or its name."""
        members = payload.members
        return (
            bool(members.get("error"))
            or any(_last_word(members.get(kind)) in _ERROR_WORDS for kind in _MARKER_KINDS)
            or self.event_roles.get(event_name) is EventRole.ERROR
        )

    @property
    def _final_names(self) -> frozenset[str]:
        return frozenset(name for name, role in self.event_roles.items() if role is EventRole.FINAL)

    @property
    def _own_finals(self) -> tuple[Place, ...]:
        """Where only a final event holds something."""
        return tuple(place for place in self.finals if place not in self.previews)


def _last_word(value: Json) -> str:
    if not isinstance(value, str):
        return ""
    return value.lower().replace("-", "_").replace(".", "_").rpartition("_")[2]
