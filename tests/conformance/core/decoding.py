"""Bytes decoded in one call, for tests that say in one line what comes out."""

from collections.abc import Iterable

from conformance.core import EventStreamDecoder, ServerSentEvent

MARK = b"\xef\xbb\xbf"
ENDINGS = (b"\n", b"\r", b"\r\n")


def decode(*pieces: bytes) -> list[ServerSentEvent]:
    decoder = EventStreamDecoder()
    events = feed_all(decoder, pieces)
    decoder.close()
    return events


def feed_all(decoder: EventStreamDecoder, pieces: Iterable[bytes]) -> list[ServerSentEvent]:
    return [event for piece in pieces for event in decoder.feed(piece)]


def received(*pieces: bytes) -> list[tuple[str, str, str]]:
    return [(event.event, event.data, event.last_event_id) for event in decode(*pieces)]


def messages(*data: str) -> list[tuple[str, str, str]]:
    return [("message", text, "") for text in data]
