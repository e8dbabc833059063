"""The anatomy of a stream: lines and blocks with nothing thrown away."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.core import Block, Line, LineEnding, parse_blocks, parse_lines

MARK = b"\xef\xbb\xbf"

bodies = st.one_of(
    st.binary(max_size=64),
    st.lists(
        st.sampled_from([b"data: x", b"data", b":", b": ping", b"id: 1", b"x", MARK, b"\n", b"\r", b"\r\n"]),
        max_size=16,
    ).map(b"".join),
)


def only_block(body: bytes) -> Block:
    (block,) = parse_blocks(body)
    return block


def written(line: Line) -> bytes:
    mark = MARK if line.has_byte_order_mark else b""
    return mark + line.content + line.ending.value


@given(bodies)
@example(MARK)
@example(MARK + b"\n")
@example(b"\r\r\n\n\r")
def test_lines_give_the_body_back(body: bytes) -> None:
    """Mark, content and ending of every line, joined, are the body."""
    assert b"".join(map(written, parse_lines(body))) == body


@given(bodies)
def test_each_line_begins_where_the_one_before_ended(body: bytes) -> None:
    """Offsets of lines leave no gap and do not overlap."""
    lines = list(parse_lines(body))
    assert [line.offset for line in lines] + [len(body)] == [0] + [line.end for line in lines]


@given(bodies)
def test_blocks_cover_the_body(body: bytes) -> None:
    """Every byte belongs to exactly one block, in order."""
    blocks = list(parse_blocks(body))
    assert [block.offset for block in blocks] + [len(body)] == [0] + [block.end for block in blocks]


@given(bodies)
def test_blocks_hold_every_line(body: bytes) -> None:
    """The lines of all blocks, blank ones included, are the lines of the body."""
    lines = [
        line
        for block in parse_blocks(body)
        for line in (*block.lines, *([block.blank] if block.blank is not None else []))
    ]
    assert lines == list(parse_lines(body))


@given(bodies)
def test_only_the_last_block_can_be_unfinished(body: bytes) -> None:
    """Every block but the last ends in a blank line."""
    assert all(block.is_finished for block in list(parse_blocks(body))[:-1])


def test_line_endings_are_told_apart() -> None:
    """Each line says how it ended, the unfinished last one too."""
    assert [line.ending for line in parse_lines(b"a\nb\rc\r\nd")] == [
        LineEnding.LF,
        LineEnding.CR,
        LineEnding.CRLF,
        LineEnding.NONE,
    ]


def test_a_mark_counts_only_at_the_start() -> None:
    """The first line gives up its byte order mark; a later line keeps it as content."""
    lines = list(parse_lines(MARK + b"a\n" + MARK + b"b\n"))
    assert [(line.has_byte_order_mark, line.content) for line in lines] == [(True, b"a"), (False, MARK + b"b")]


def test_a_line_knows_its_field() -> None:
    """Name and value are split at the first colon, and one space is dropped."""
    lines = list(parse_lines(b"data:  x: y\nretry\n: ping\n"))
    assert [(line.name, line.value, line.is_comment) for line in lines] == [
        (b"data", b" x: y", False),
        (b"retry", b"", False),
        (b"", b"ping", True),
    ]


def test_a_block_sorts_its_lines() -> None:
    """Comments, fields and data lines of a block can be asked for by kind."""
    block = only_block(b": ping\nid: 1\ndata: a\nData: b\ndata\n\n")
    assert [line.content for line in block.comments] == [b": ping"]
    assert [line.content for line in block.fields] == [b"id: 1", b"data: a", b"Data: b", b"data"]
    assert [line.content for line in block.data_lines] == [b"data: a", b"data"]


def test_data_is_joined_by_line_feeds() -> None:
    """The data of a block is that of the event it makes."""
    assert only_block(b"data: a\r\ndata:\r\ndata: \xff\r\n\r\n").data == "a\n\n\ufffd"


@pytest.mark.parametrize(
    ("body", "finished", "dispatched"),
    [
        pytest.param(b"data: x\n\n", True, True, id="an-event"),
        pytest.param(b"data\n\n", True, True, id="an-event-with-empty-data"),
        pytest.param(b"id: 1\nevent: x\nretry: 5\n\n", True, False, id="fields-without-data"),
        pytest.param(b": ping\n\n", True, False, id="a-comment"),
        pytest.param(b"\n", True, False, id="a-blank-line-alone"),
        pytest.param(b"data: x\n", False, False, id="no-blank-line"),
        pytest.param(b"data: x", False, False, id="half-a-line"),
    ],
)
def test_a_block_knows_its_fate(body: bytes, finished: bool, dispatched: bool) -> None:
    """A block makes an event if a blank line ended it and it has a data field."""
    block = only_block(body)
    assert (block.is_finished, block.is_dispatched) == (finished, dispatched)


def test_an_unfinished_line_is_no_field() -> None:
    """The half line at the end of a body is kept as a line and counted as no field."""
    block = only_block(b"data: a\ndata: b")
    assert [line.content for line in block.lines] == [b"data: a", b"data: b"]
    assert [line.content for line in block.fields] == [b"data: a"]


def test_every_further_blank_line_is_a_block() -> None:
    """Blank lines in a row are blocks without lines, since some clients react to them."""
    blocks = list(parse_blocks(b"data: x\n\n\n\n"))
    assert [(len(block.lines), block.offset, block.end) for block in blocks] == [(1, 0, 9), (0, 9, 10), (0, 10, 11)]
