"""What a stream holds while it waits."""

import sys
from collections.abc import Iterator
from types import SimpleNamespace

from load.streaming.reading.event_kind import content_of
from load.streaming.reading.stream_reader import Block
from load.streaming.users.stream import Stream
from tests.load.conftest import picture_event


class CountingReader:
    """Hands over events in blocks of their own, and notes what still refers to each when the next is asked for."""

    sent_ns = 0
    head_ns = 0

    def __init__(self) -> None:
        self.still_held: list[int] = []

    def blocks(self) -> Iterator[Block]:
        for step in range(4):
            data = picture_event(step=step)
            alone = sys.getrefcount(data)
            yield Block(data, 0, None)
            self.still_held.append(sys.getrefcount(data) - alone)


def test_no_event_is_held_while_the_next_is_waited_for():
    """A picture's memory is free for the picture of another stream as soon as whoever reads has done with it."""
    user = SimpleNamespace(
        environment=SimpleNamespace(events=SimpleNamespace(request=SimpleNamespace(fire=lambda **_: None))),
        max_event_bytes=1_000_000,
        content_of=content_of,
        offer_preview=lambda *_: None,
        context=dict,
    )
    reader = CountingReader()
    stream = Stream(user, reader, name="", group="", planned_ns=None, keeps_pictures=False)
    stream.read_to_end()
    assert (stream.has_picture, reader.still_held) == (True, [0, 0, 0, 0])
