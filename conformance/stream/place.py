"""Places in a payload, by which a profile says where previews and results stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.stream.payload import Json

__all__ = ["Place"]

_WHOLE = "."
_EACH = "[]"
_STEP = re.compile(r"[^.\[\]\s]+|\[\]")
_PATH = re.compile(r"\.|[^.\[\]\s]+(\[\])*(\.[^.\[\]\s]+(\[\])*)*")


@dataclass(frozen=True, slots=True)
class Place:
    """A path into a payload.

    Member names are joined by dots, ``[]`` after a name means every item of that list, and ``.`` alone the whole
    payload: ``image``, ``images[]``, ``output.frames[].picture``.

    Attributes:
        path: The path as it was written.
    """

    path: str

    def __post_init__(self) -> None:
        """Refuse what is no path.

        Raises:
            ValueError: The text does not have the form above.
        """
        if _PATH.fullmatch(self.path) is None:
            raise ValueError(f"{self.path!r} is no path, expected one such as 'image', 'images[]' or 'output.image'")

    def find(self, payload: Json) -> Iterator[tuple[str, Json]]:
        """What stands there, each value with the path that :func:`~conformance.stream.payload.walk` gives it."""
        found: list[tuple[str, Json]] = [("", payload)]
        for step in self._steps:
            found = [child for path, value in found for child in _children(path, value, step)]
        yield from found

    def is_filled(self, payload: Json) -> bool:
        """Whether anything stands there that is not empty."""
        return any(not _is_empty(value) for _, value in self.find(payload))

    def dead_ends(self, payload: Json) -> Iterator[str]:
        """Paths, on the way there, of members that are there and hold nothing: ``null``, ``""``, ``[]``, ``{}``."""
        found: list[tuple[str, Json]] = [("", payload)]
        for step in self._steps:
            found = [child for path, value in found for child in _children(path, value, step)]
            yield from (path for path, value in found if _is_empty(value))

    @property
    def _steps(self) -> tuple[str, ...]:
        return () if self.path == _WHOLE else tuple(_STEP.findall(self.path))


def _children(path: str, value: Json, step: str) -> Iterator[tuple[str, Json]]:
    if step == _EACH and isinstance(value, list):
        yield from ((f"{path}[{index}]", child) for index, child in enumerate(value))
    elif isinstance(value, dict) and step in value:
        yield (f"{path}.{step}" if path else step), value[step]


def _is_empty(value: Json) -> bool:
    return value is None or value == "" or value == [] or value == {}
