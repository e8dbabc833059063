"""An event that says when it was sent, as large as the previews of a real endpoint."""

import json

from conformance.core import EncodedEvent

__all__ = ["STAMP_DIGITS", "StampedChunk", "sent_ns_of"]

STAMP_DIGITS = 20
_KEY = b'{"sent_ns": "'
_STAMP_END = len(_KEY) + STAMP_DIGITS


class StampedChunk:
    """An event in one chunk of HTTP, built once: only its stamp is written anew.

    Attributes:
        data: The bytes, to be sent before the next stamp is written.
    """

    def __init__(self, event_bytes: int) -> None:
        """Build one of about ``event_bytes`` bytes."""
        image = {"url": "data:image/jpeg;base64,", "content_type": "image/jpeg"}
        stem = json.dumps({"sent_ns": "0" * STAMP_DIGITS, "image": image})
        padding = "A" * max(0, event_bytes - len(stem) - len("data: \n\n"))
        event = f"data: {stem.replace('base64,', 'base64,' + padding)}\n\n".encode()
        self.data = bytearray(b"%x\r\n%s\r\n" % (len(event), event))
        self._stamp_start = self.data.index(b"data: ") + len("data: ") + len(_KEY)

    def stamp(self, sent_ns: int) -> None:
        """Write an instant of the monotonic clock into it."""
        start = self._stamp_start
        self.data[start : start + STAMP_DIGITS] = b"%0*d" % (STAMP_DIGITS, sent_ns)


def sent_ns_of(event: EncodedEvent) -> int:
    """When the event was sent, on the monotonic clock of this machine.

    Raises:
        ValueError: It is not a stamped event.
    """
    source, start = event.source, event.start
    if not source.startswith(_KEY, start):
        raise ValueError(f"the event begins with {source[start : start + len(_KEY)]!r}, expected {_KEY!r}")
    return int(source[start + len(_KEY) : start + _STAMP_END])
