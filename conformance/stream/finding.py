"""A finding: what a rule read, where it stands in the evidence, and the bytes around it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

__all__ = ["Excerpt", "Finding", "first_few", "presentable"]

_MOST_MESSAGE_CHARACTERS = 1000

_BYTES_BEFORE = 32
_BYTES_AFTER = 64
# Each finding costs a search for its place, and an endpoint can make a hundred thousand faults in one stream.
_MOST_COUNTED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Bytes around a fault.

    Attributes:
        offset: Byte offset of the first byte shown.
        fault_offset: Byte offset of the fault itself.
        data: The bytes.
    """

    offset: int
    fault_offset: int
    data: bytes

    @classmethod
    def around(cls, body: bytes, offset: int) -> "Excerpt":
        """Cut an excerpt out of a body, some bytes before the offset and some more after it."""
        start = max(0, offset - _BYTES_BEFORE)
        return cls(offset=start, fault_offset=offset, data=body[start : offset + _BYTES_AFTER])

    @property
    def text(self) -> str:
        """The bytes as ASCII, with everything else escaped as in Python."""
        return "".join(_escape(byte) for byte in self.data)

    @property
    def hex(self) -> str:
        """The bytes in hexadecimal, separated by spaces."""
        return self.data.hex(" ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault (or, with ``is_note``, one remark) and where it was seen.

    Attributes:
        message: What was read against what was expected, the values quoted.
        probe: The probe whose transcript shows it.
        event: Index of the event, from 0.
        byte_offset: Offset in the body, content coding removed.
        at_ns: Instant, from the start of the request.
        excerpt: The bytes around the fault.
        is_note: Worth telling, but no failure.
    """

    message: str
    probe: str
    event: int | None = None
    byte_offset: int | None = None
    at_ns: int | None = None
    excerpt: Excerpt | None = None
    is_note: bool = False


def first_few(findings: Iterable[Finding], most: int = 3) -> Iterator[Finding]:
    """The first findings; the last of them says how many more there were, up to a hundred in all."""
    counted = tuple(islice(findings, _MOST_COUNTED + 1))
    more = len(counted) - most
    if more <= 0:
        yield from counted
        return
    yield from counted[: most - 1]
    last = counted[most - 1]
    said = f"and {more} more" if len(counted) <= _MOST_COUNTED else f"and more than {more - 1} more"
    yield replace(last, message=f"{last.message} ({said})")


def _escape(byte: int) -> str:
    named = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x5C: "\\\\"}
    if byte in named:
        return named[byte]
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}"


def presentable(message: str) -> str:
    """A message that any report can show, whatever names and values the endpoint chose for it to quote.

    The middle of a long one is left out, and half a surrogate pair, which no report could hold, is written out.
    """
    if len(message) > _MOST_MESSAGE_CHARACTERS:
        half = _MOST_MESSAGE_CHARACTERS // 2
        message = f"{message[:half]} ... {message[-half:]}"
    return message.encode("utf-8", "backslashreplace").decode()
