"""The bytes around a fault as two rows, escaped text and hexadecimal, each with a mark under the fault."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conformance.stream.finding import Excerpt

__all__ = ["ExcerptRow", "excerpt_rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcerptRow:
    """One row.

    Attributes:
        label: What kind of row it is.
        text: The bytes.
        fault_start: Column of the fault in the text.
        fault_width: How many columns the fault takes.
    """

    label: str
    text: str
    fault_start: int
    fault_width: int

    @property
    def marks(self) -> str:
        """The line below: carets under the fault."""
        return " " * self.fault_start + "^" * self.fault_width


def excerpt_rows(excerpt: Excerpt, *, width: int, more: str = "…") -> tuple[ExcerptRow, ExcerptRow]:
    """Both rows, each as many bytes around the fault as fit.

    Args:
        excerpt: The bytes.
        width: The most columns a row may take.
        more: What stands where bytes were left out.
    """
    fault = min(max(excerpt.fault_offset - excerpt.offset, 0), len(excerpt.data))
    texts = [replace(excerpt, data=bytes([byte])).text for byte in excerpt.data]
    pairs = [f"{byte:02x}" for byte in excerpt.data]
    if fault == len(excerpt.data):  # the fault is that the body ends here
        texts, pairs = [*texts, "(end)"], [*pairs, "(end)"]
    is_cut = excerpt.offset > 0
    return (
        _row("text", texts, "", fault, width=width, more=more, is_cut=is_cut),
        _row("hex", pairs, " ", fault, width=width, more=more, is_cut=is_cut),
    )


def _row(label: str, cells: Sequence[str], gap: str, fault: int, *, width: int, more: str, is_cut: bool) -> ExcerptRow:
    room = width - 2 * len(more + gap)
    start, end = _window([len(cell) + len(gap) for cell in cells], fault, room)
    before = [more] if is_cut or start > 0 else []
    after = [more] if end < len(cells) else []
    left = gap.join([*before, *cells[start:fault], ""])
    return ExcerptRow(
        label=label,
        text=gap.join([*before, *cells[start:end], *after]),
        fault_start=len(left),
        fault_width=len(cells[fault]),
    )


def _window(widths: Sequence[int], fault: int, room: int) -> tuple[int, int]:
    """The cells to show: a third of the room before the fault, then what follows, then what still fits before."""
    start, end = fault, fault + 1
    room -= widths[fault]
    third = room // 3
    while start > 0 and widths[start - 1] <= third:
        start -= 1
        third -= widths[start]
        room -= widths[start]
    while end < len(widths) and widths[end] <= room:
        room -= widths[end]
        end += 1
    while start > 0 and widths[start - 1] <= room:
        start -= 1
        room -= widths[start]
    return start, end
