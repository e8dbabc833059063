"""Family S: the bytes of the event stream, and what several of its rules ask of a block or a line."""

import re
from collections.abc import Iterator

from conformance.core import Block, Line
from conformance.stream.payload import parse_payload

__all__ = ["FIELD_NAMES", "bare_name", "content_offset", "leaves_a_trace", "quoted", "stray_lines"]

FIELD_NAMES = ("data", "event", "id", "retry")

_PAYLOAD_STARTS = (b"{", b"[", b"}", b"]", b'"')
# Longer than any header name in use; a line of base64 has no colon, so all of it is its name.
_PLAUSIBLE_NAME = re.compile(rb"[ \t]*[A-Za-z][A-Za-z0-9_.-]{0,31}[ \t]*")
_INVISIBLE = " \t\u00a0\u200b\ufeff"
_MOST_CHARACTERS = 40


def stray_lines(block: Block) -> Iterator[tuple[Line, bool]]:
    """Lines that are neither comments nor known fields, and whether each looks like payload.

    A line does when it opens or closes JSON, when no field could have such a name, or when the JSON of the
    ``data`` lines before it is broken off, so that it reads as its continuation.
    """
    data: list[bytes] = []
    continues: bool | None = None
    for line in block.lines:
        if line.name == b"data":
            data.append(line.value)
        elif not line.is_comment and line.name.decode("utf-8", "replace") not in FIELD_NAMES:
            if data and continues is None:
                # An unfinished block may have been cut before the rest of its data came.
                continues = block.is_finished and _breaks_off(b"\n".join(data).decode("utf-8", "replace"))
            yield line, bool(continues and not _is_misspelt(line)) or _looks_like_payload(line)


def leaves_a_trace(block: Block) -> bool:
    """Whether httpx-sse makes an event of a block without data because of a field in the block itself.

    It does for a name, an id or a reconnection time, the last of each; it reads ``retry`` with ``int()``.
    """
    event, id_, is_timed = b"", b"", False
    for line in block.fields:
        if line.name == b"event":
            event = line.value
        elif line.name == b"id" and b"\x00" not in line.value:
            id_ = line.value
        elif line.name == b"retry":
            is_timed = is_timed or _is_integer_to_python(line.value)
    return bool(event or id_ or is_timed)


def bare_name(line: Line) -> str:
    """A field name without case and without the white space around it."""
    return line.name.decode("utf-8", "replace").strip(_INVISIBLE).lower()


def content_offset(line: Line) -> int:
    """Byte offset of the line's content, past a byte order mark."""
    return line.end - len(line.ending.value) - len(line.content)


def quoted(data: bytes) -> str:
    """The beginning of some bytes, in quotes."""
    text = data[: 4 * _MOST_CHARACTERS].decode("utf-8", "replace")
    return repr(text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 3]}...")


def _is_misspelt(line: Line) -> bool:
    return bare_name(line) in FIELD_NAMES


def _looks_like_payload(line: Line) -> bool:
    content = line.content.lstrip(b" \t")
    if not content or _is_misspelt(line):
        return False
    return content.startswith(_PAYLOAD_STARTS) or _PLAUSIBLE_NAME.fullmatch(line.name) is None


def _breaks_off(text: str) -> bool:
    payload = parse_payload(text)
    if payload.error is None or not text.strip():
        return False
    return payload.error.startswith("Unterminated string") or payload.error_position >= len(text.rstrip())


def _is_integer_to_python(value: bytes) -> bool:
    try:
        int(value.decode("utf-8", "replace"))
    except ValueError:
        return False
    return True
