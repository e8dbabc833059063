"""The decoder on streams of any kind: a model of the standard, a second reader, and cuts anywhere."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.core import EventStreamDecoder, ServerSentEvent, parse_blocks
from tests.conformance.core.any_stream import bodies, cut_bodies, streams
from tests.conformance.core.decoding import MARK, decode, feed_all


def state(decoder: EventStreamDecoder) -> tuple[str, int | None, int]:
    return decoder.last_event_id, decoder.reconnection_time_ms, decoder.offset


@given(streams())
def test_a_valid_stream_means_what_its_model_says(stream: tuple[bytes, list[ServerSentEvent]]) -> None:
    """Comments, fields of every kind and any mixture of line endings decode to the model's events."""
    body, expected = stream
    assert decode(body) == expected


@given(cut_bodies())
@example([b"data:x\r", b"", b"\n\r", b"\n", b"data:y\n\n"])
@example([MARK[:1], b"", MARK[1:2], MARK[2:] + b"data:x\n\n"])
def test_cuts_change_nothing(pieces: list[bytes]) -> None:
    """The events, their offsets and the decoder's own attributes do not depend on where bytes were cut."""
    whole, cut = EventStreamDecoder(), EventStreamDecoder()
    expected = whole.feed(b"".join(pieces))
    assert feed_all(cut, pieces) == expected
    assert state(cut) == state(whole)


@given(bodies)
def test_single_bytes_change_nothing(body: bytes) -> None:
    """Feeding byte by byte gives the same events and offsets as feeding at once."""
    assert decode(*(body[at : at + 1] for at in range(len(body)))) == decode(body)


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_no_bytes_raise(body: bytes) -> None:
    """Any bytes are a stream, and all of them are counted."""
    decoder = EventStreamDecoder()
    decoder.feed(body)
    decoder.close()
    assert decoder.offset == len(body)


@given(bodies)
@example(b"data\rdata\n\ndata\r\n\rdata")
def test_the_second_reader_agrees(body: bytes) -> None:
    """The anatomy of the body, which is read in another way, gives the same data at the same offsets."""
    expected = [(block.data, block.offset) for block in parse_blocks(body) if block.is_dispatched]
    assert [(event.data, event.offset) for event in decode(body)] == expected
