"""The same bytes on other chunk edges: a network may cut a stream anywhere."""

import re
from enum import Enum

from conformance.core.transcript import Chunk

__all__ = ["Recut"]

# Between the first byte of a character and the next one (UTF-8 continues a character with bytes 0x80 to 0xBF).
_CONTINUED = re.compile(rb"(?<=[\xc2-\xf4])(?=[\x80-\xbf])")


class Recut(Enum):
    """Other edges for the chunks of a body; what is cut keeps its instant."""

    EACH_BYTE = "each-byte"
    """Every byte is a chunk."""
    LINE_FEEDS = "line-feeds"
    """A cut before every line feed: inside CRLF, and inside the blank line that ends an event."""
    CHARACTERS = "characters"
    """A cut inside every character that takes more than one byte."""
    HALVES = "halves"
    """Every chunk is cut in two."""
    WHOLE = "whole"
    """One chunk, when the last one came."""

    def apply(self, chunks: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
        """The same body in other chunks."""
        if self is Recut.WHOLE:
            return (Chunk(at_ns=chunks[-1].at_ns, data=b"".join(chunk.data for chunk in chunks)),) if chunks else ()
        return tuple(Chunk(at_ns=chunk.at_ns, data=piece) for chunk in chunks for piece in self._pieces(chunk.data))

    def _pieces(self, data: bytes) -> list[bytes]:
        if self is Recut.EACH_BYTE:
            return [data[start : start + 1] for start in range(len(data))]
        if self is Recut.HALVES:
            return [data[: len(data) // 2], data[len(data) // 2 :]]
        if self is Recut.CHARACTERS:
            return [piece for piece in _CONTINUED.split(data) if piece]
        first, *rest = data.split(b"\n")
        return [first, *(b"\n" + piece for piece in rest)]
