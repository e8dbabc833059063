"""Where sseclient-py reads a stream otherwise than ours.

None of them is an oracle. A difference that is pinned here is one that the rules warn of; when a new release of
a reader changes it, the test that names it fails, and the rule that leans on it can be looked at again.
"""

import pytest

from tests.conformance.core.other_readers import MARK, with_ours, with_sseclient


@pytest.mark.parametrize("tail", [b"data: 2", b"data: 2\n"])
def test_sseclient_dispatches_an_unfinished_event(tail: bytes) -> None:
    """sseclient-py gives out a last event that no blank line ended."""
    pieces = [b"data: 1\n\n", tail]
    assert with_ours(pieces) == [("message", "1", "")]
    assert with_sseclient(pieces) == [("message", "1", ""), ("message", "2", "")]


def test_sseclient_forgets_the_id() -> None:
    """An id holds for one event in sseclient-py, for all later ones in the standard."""
    pieces = [b"id: 1\ndata: a\n\ndata: b\n\n"]
    assert with_ours(pieces) == [("message", "a", "1"), ("message", "b", "1")]
    assert with_sseclient(pieces) == [("message", "a", "1"), ("message", "b", "")]


def test_sseclient_makes_one_event_of_two_behind_a_mixed_blank_line() -> None:
    """LF followed by CRLF is a blank line that sseclient-py does not see."""
    pieces = [b"data: a\n\r\ndata: b\n\n"]
    assert with_ours(pieces) == [("message", "a", ""), ("message", "b", "")]
    assert with_sseclient(pieces) == [("message", "a\nb", "")]


def test_sseclient_loses_the_event_behind_a_byte_order_mark() -> None:
    """A leading mark becomes part of the first field's name in sseclient-py."""
    pieces = [MARK + b"data: 1\n\ndata: 2\n\n"]
    assert (len(with_ours(pieces)), with_sseclient(pieces)) == (2, [("message", "2", "")])


def test_sseclient_takes_an_id_with_nul() -> None:
    """An id with NUL is ignored by the standard and kept by sseclient-py."""
    pieces = [b"id: 1\x00\ndata: a\n\n"]
    assert (with_ours(pieces), with_sseclient(pieces)) == ([("message", "a", "")], [("message", "a", "1\x00")])


def test_sseclient_raises_on_bad_bytes() -> None:
    """Bytes that are not UTF-8 end the stream in sseclient-py."""
    pieces = [b"data: \xff\n\n"]
    assert with_ours(pieces) == [("message", "\ufffd", "")]
    with pytest.raises(UnicodeDecodeError):
        with_sseclient(pieces)


@pytest.mark.parametrize("block", [b"retry: 3000\n\n", b"event: ping\n\n", b"id: 1\n\n", b": ping\n\n", b"\n"])
def test_sseclient_keeps_silent_on_blocks_without_data(block: bytes) -> None:
    """Only data makes an event, in sseclient-py as in the standard."""
    pieces = [b"id: 7\ndata: x\n\n", block]
    assert (with_ours(pieces), with_sseclient(pieces)) == ([("message", "x", "7")], [("message", "x", "7")])
