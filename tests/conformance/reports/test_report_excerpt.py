"""The two rows of bytes around a fault."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.reports.excerpt_rows import ExcerptRow, excerpt_rows
from conformance.stream.finding import Excerpt

BODY = b'data: {"step": 1}\n\ndata: [1, \x00]\n\n'


def marked(row: ExcerptRow) -> str:
    return row.text[row.fault_start : row.fault_start + row.fault_width]


def test_both_rows_mark_the_fault() -> None:
    """The carets stand under the fault, escaped and in hexadecimal."""
    text, hexadecimal = excerpt_rows(Excerpt.around(BODY, BODY.index(b"\x00")), width=80)
    assert (marked(text), marked(hexadecimal)) == (r"\x00", "00")
    assert text.marks == " " * text.fault_start + "^^^^"


def test_short_body_is_shown_whole() -> None:
    """What fits is not cut."""
    text, hexadecimal = excerpt_rows(Excerpt.around(BODY, 3), width=200)
    assert text.text == r'data: {"step": 1}\n\ndata: [1, \x00]\n\n'
    assert hexadecimal.text == BODY.hex(" ")


def test_fault_at_the_end_of_the_body_is_marked_behind_it() -> None:
    """A body that ends too early has its end marked."""
    rows = excerpt_rows(Excerpt.around(BODY, len(BODY)), width=80)
    assert [marked(row) for row in rows] == ["(end)", "(end)"]


@pytest.mark.parametrize("more", ["…", "..."])
def test_bytes_left_out_are_shown_to_be_missing(more: str) -> None:
    """A row that was cut says so on the side where it was cut."""
    text, _ = excerpt_rows(Excerpt.around(bytes(range(65, 91)) * 20, 100), width=40, more=more)
    assert (text.text.startswith(more), text.text.endswith(more), len(text.text) <= 40) == (True, True, True)


@settings(deadline=None)  # other tests may run beside it
@given(body=st.binary(min_size=1, max_size=300), where=st.floats(0, 1), width=st.integers(40, 200))
def test_every_row_fits_and_marks_the_byte_at_fault(body: bytes, where: float, width: int) -> None:
    """For any body, place and width: the row fits, and what is marked is the byte at fault."""
    offset = int(where * (len(body) - 1))
    text, hexadecimal = excerpt_rows(Excerpt.around(body, offset), width=width)
    assert max(len(text.text), len(hexadecimal.text)) <= width
    assert marked(hexadecimal) == f"{body[offset]:02x}"
    assert marked(text) == Excerpt(offset=0, fault_offset=0, data=body[offset : offset + 1]).text
