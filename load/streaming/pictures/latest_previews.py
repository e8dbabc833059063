"""The newest previews, for the live page: few, seldom and small, and pictures only once somebody looks."""

import binascii
import json
import re
from base64 import b64decode
from collections import deque
from typing import NamedTuple

from conformance.core import EncodedEvent

__all__ = ["LatestPreviews", "PreviewImage", "data_uri_of"]

_KEPT = 12
_LARGEST_BYTES = 256 * 1024
# As base64, and with room for what is said beside it.
_LARGEST_EVENT_BYTES = 2 * _LARGEST_BYTES
_SHORTEST_GAP_NS = 1_000_000_000
_DATA_URI = re.compile(r'"data:(image/[a-zA-Z0-9.+-]+);base64,([^"]*)"')


class PreviewImage(NamedTuple):
    """One preview.

    Attributes:
        at_ns: When it arrived, since the start of the run.
        worker: Which process read it; empty where there is one.
        group: Which part of the scenario its stream belongs to.
        media_type: As the endpoint calls it, such as ``image/jpeg``.
        data: The encoded picture.
    """

    at_ns: int
    worker: str
    group: str
    media_type: str
    data: bytes


class LatestPreviews:
    """The newest few, at most one a second."""

    def __init__(self) -> None:
        """Begin with none."""
        self._events: deque[tuple[int, str, EncodedEvent]] = deque(maxlen=_KEPT)
        self._images: deque[PreviewImage] = deque(maxlen=_KEPT)
        self._next_ns = 0

    @property
    def images(self) -> tuple[PreviewImage, ...]:
        """The pictures, oldest first."""
        while self._events:
            image = _image(*self._events.popleft())
            if image is not None:
                self._images.append(image)
        return tuple(self._images)

    def add(self, image: PreviewImage) -> None:
        """Keep a picture that another process sent."""
        self._images.append(image)

    def offer(self, at_ns: int, group: str, event: EncodedEvent) -> None:
        """Keep an event for its picture, unless the last one is less than a second old.

        Args:
            at_ns: When the event arrived.
            group: Its stream's part of the scenario.
            event: The event, with JSON as its data.
        """
        if at_ns < self._next_ns:
            return
        self._next_ns = at_ns + _SHORTEST_GAP_NS
        if event.end - event.start <= _LARGEST_EVENT_BYTES:
            self._events.append((at_ns, group, event))


def _image(at_ns: int, group: str, event: EncodedEvent) -> PreviewImage | None:
    found = data_uri_of(event.decoded().data)
    if found is None or len(found[1]) * 3 // 4 > _LARGEST_BYTES:
        return None
    try:
        return PreviewImage(at_ns, "", group, found[0], b64decode(found[1], validate=True))
    except binascii.Error:
        return None


def data_uri_of(data: str) -> tuple[str, str] | None:
    """Media type and base64 text of the first picture in an event's JSON, or None where it has no such data URI."""
    found = _DATA_URI.search(data)
    if found is None:
        return None
    media_type, text = found.groups()
    # JSON may write a slash as "\\/".
    return media_type.lower(), json.loads(f'"{text}"') if "\\" in text else text
