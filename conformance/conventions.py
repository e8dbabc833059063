"""How an endpoint's stream is to be understood: what a picture is called, how a final event is known."""

from dataclasses import dataclass

from conformance.payload import Json, Payload

__all__ = ["Conventions", "FinalMarker"]

_MARKER_FLAGS = ("final", "is_final", "done", "completed")
_MARKER_KINDS = ("type", "event", "stage", "status", "state", "kind")
_MARKER_WORDS = frozenset({"final", "complete", "completed", "done", "finished", "result", "success", "succeeded"})
_ERROR_WORDS = frozenset({"error", "failed", "failure"})


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
class Conventions:
    """What a profile says of the payloads.

    Attributes:
        carries_pictures: Whether previews and the result are pictures; if not, any object is a result.
        picture_names: Members under which a picture is expected.
        final_marker: How a final event is marked; None to look for usual markers.
    """

    carries_pictures: bool = True
    picture_names: frozenset[str] = frozenset({"image", "images", "preview", "previews"})
    final_marker: FinalMarker | None = None

    def is_marked_final(self, payload: Payload) -> bool:
        """Whether the payload itself says that it is the final one.

        Without a declared marker these count: ``final``, ``is_final``, ``done`` or ``completed`` being true;
        or ``type``, ``event``, ``stage``, ``status``, ``state`` or ``kind`` whose last word is one such as
        ``final`` or ``completed`` (``image_generation.completed``).
        """
        if self.final_marker is not None:
            return self.final_marker.marks(payload)
        members = payload.members
        return any(members.get(flag) is True for flag in _MARKER_FLAGS) or any(
            _last_word(members.get(kind)) in _MARKER_WORDS for kind in _MARKER_KINDS
        )

    def is_error(self, payload: Payload) -> bool:
        """Whether the payload reports a failure: a truthy ``error``, or a kind such as ``stage: error``."""
        members = payload.members
        return bool(members.get("error")) or any(
            _last_word(members.get(kind)) in _ERROR_WORDS for kind in _MARKER_KINDS
        )


def _last_word(value: Json) -> str:
    if not isinstance(value, str):
        return ""
    return value.lower().replace("-", "_").replace(".", "_").rpartition("_")[2]
