"""Events whose data is left as it was sent."""

from hypothesis import given
from hypothesis import strategies as st

from conformance.core import EncodedEvent, EventStreamDecoder, ServerSentEvent

# Whole events, halves of events, and what looks like a whole event after one of the halves.
_PIECES = st.lists(
    st.sampled_from(
        [
            b"data: a picture\n\n",
            b"data: \n\n",
            b"data:  two spaces\n\n",
            b"data: \xff\xfe\n\n",
            b"data: one\ndata: two\n\n",
            b"data: cr\r\n\r\n",
            b"data: cr\r",
            b"data: half",
            b"id: 7\n\n",
            b"id: 8\n",
            b"event: step\n",
            b": comment\n\n",
            b"\xef\xbb\xbfdata: marked\n\n",
            b"\n\n",
            b"\n",
        ]
    ),
    max_size=12,
)


def _fed(pieces: list[bytes]) -> list[EncodedEvent]:
    decoder = EventStreamDecoder()
    return [event for piece in pieces for event in decoder.feed_encoded(piece)]


def _one_by_one(data: bytes) -> list[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


@given(_PIECES)
def test_an_event_in_a_piece_of_its_own_is_the_event_that_its_bytes_are(pieces):
    """Whole or byte by byte, the events are the same, offsets and ids included."""
    one_by_one = _fed(_one_by_one(b"".join(pieces)))
    assert [event.decoded() for event in _fed(pieces)] == [event.decoded() for event in one_by_one]


@given(_PIECES)
def test_decoded_later_is_decoded_at_once(pieces):
    """What feed() returns is what feed_encoded() returns, decoded."""
    decoder = EventStreamDecoder()
    assert [event.decoded() for event in _fed(pieces)] == [event for piece in pieces for event in decoder.feed(piece)]


def test_a_picture_is_not_copied():
    """The data of an event that came in one piece is a part of that piece."""
    decoder, piece = EventStreamDecoder(), b"data: " + b"A" * 50_000 + b"\n\n"
    decoder.feed(b": greeting\n\n")
    (event,) = decoder.feed_encoded(piece)
    assert event.source is piece
    assert bytes(event.data) == b"A" * 50_000


def test_what_is_not_utf_8_is_replaced_when_it_is_decoded():
    """As the standard decodes a stream; the bytes themselves are kept."""
    (event,) = _fed([b"data: a\xffb\n\n"])
    assert bytes(event.data) == b"a\xffb"
    assert event.decoded() == ServerSentEvent(data="a\N{REPLACEMENT CHARACTER}b")
