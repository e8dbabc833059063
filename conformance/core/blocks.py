"""The anatomy of an event stream: its lines and blocks, with nothing thrown away.

The decoder says what a reader *receives*; rules must also see what it ignores: comments, unknown fields,
blocks that dispatch nothing, line endings, a tail that never ended. This module reads a whole body at once,
written independently of the decoder, so that each can be held against the other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from conformance.core.sse import BYTE_ORDER_MARK, parse_field

__all__ = ["Block", "Line", "LineEnding", "parse_blocks", "parse_lines"]

_LINE = re.compile(rb"([^\r\n]*+)(\r\n|\r|\n|\Z)")


class LineEnding(Enum):
    """How a line ends; ``NONE`` marks an unfinished line at the end of the body."""

    LF = b"\n"
    CRLF = b"\r\n"
    CR = b"\r"
    NONE = b""


_ENDINGS = {ending.value: ending for ending in LineEnding}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the stream.

    Attributes:
        offset: Byte offset of its first byte.
        content: Its bytes without the line ending (and without a byte order mark at the start of the stream).
        ending: How it ends.
        has_byte_order_mark: Whether a byte order mark stood before the content.
    """

    offset: int
    content: bytes
    ending: LineEnding
    has_byte_order_mark: bool = False

    @property
    def end(self) -> int:
        """Byte offset just past the line ending."""
        mark = len(BYTE_ORDER_MARK) if self.has_byte_order_mark else 0
        return self.offset + mark + len(self.content) + len(self.ending.value)

    @property
    def is_blank(self) -> bool:
        """Whether the line is empty and finished: the line that dispatches."""
        return not self.content and self.ending is not LineEnding.NONE

    @property
    def is_comment(self) -> bool:
        """Whether the line starts with a colon."""
        return self.content.startswith(b":")

    @property
    def name(self) -> bytes:
        """The field's name; empty for a comment."""
        return parse_field(self.content)[0]

    @property
    def value(self) -> bytes:
        """The field's value."""
        return parse_field(self.content)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The lines up to and including a blank line, or the unfinished tail of the stream.

    Attributes:
        lines: Every line but the blank one; none for a second blank line in a row.
        blank: The blank line that ended the block; None for an unfinished tail.
        offset: Byte offset of the first line.
    """

    lines: tuple[Line, ...]
    blank: Line | None
    offset: int

    @property
    def end(self) -> int:
        """Byte offset just past the block."""
        return self.blank.end if self.blank else self.lines[-1].end

    @property
    def fields(self) -> tuple[Line, ...]:
        """Lines that are finished and no comments."""
        return tuple(line for line in self.lines if not line.is_comment and line.ending is not LineEnding.NONE)

    @property
    def comments(self) -> tuple[Line, ...]:
        """Comment lines."""
        return tuple(line for line in self.lines if line.is_comment)

    @property
    def data_lines(self) -> tuple[Line, ...]:
        """``data`` fields."""
        return tuple(line for line in self.fields if line.name == b"data")

    @property
    def is_finished(self) -> bool:
        """Whether a blank line ended the block."""
        return self.blank is not None

    @property
    def is_dispatched(self) -> bool:
        """Whether the block makes an event: it is finished and has a data field."""
        return self.is_finished and bool(self.data_lines)

    @property
    def data(self) -> str:
        """The data an event of this block carries."""
        return b"\n".join(line.value for line in self.data_lines).decode("utf-8", "replace")


def parse_lines(body: bytes) -> Iterator[Line]:
    """Split a body into lines at CRLF, LF, or a CR that no LF follows (section 9.2.5)."""
    for match in _LINE.finditer(body):
        content, ending = match.group(1), _ENDINGS[match.group(2)]
        if not content and ending is LineEnding.NONE:
            return
        has_mark = match.start() == 0 and content.startswith(BYTE_ORDER_MARK)
        yield Line(
            offset=match.start(),
            content=content.removeprefix(BYTE_ORDER_MARK) if has_mark else content,
            ending=ending,
            has_byte_order_mark=has_mark,
        )


def parse_blocks(body: bytes) -> Iterator[Block]:
    """Group a body's lines into blocks; an unfinished tail comes last."""
    lines: list[Line] = []
    for line in parse_lines(body):
        if line.is_blank:
            yield Block(lines=tuple(lines), blank=line, offset=lines[0].offset if lines else line.offset)
            lines = []
        else:
            lines.append(line)
    if lines:
        yield Block(lines=tuple(lines), blank=None, offset=lines[0].offset)
