"""When good endpoints write, and what a network makes of it.

Left out, because a SHOULD warns of it by design: previews less than 100 ms apart (C05), gaps of ten seconds (C06),
comments more often than once a second (C08), a head later than ten seconds (C01).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from hypothesis import strategies as st

__all__ = ["Course", "Link", "Write", "courses", "links"]

_MOST_READS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Bytes that a server writes and flushes at one instant."""

    at_ms: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """When each thing of one generation happens, in milliseconds from the start of the request.

    Attributes:
        head_ms: The response head.
        events_ms: Each event is written.
        beats_ms: Each comment is written.
        close_after_ms: From the last byte to the end.
    """

    head_ms: int
    events_ms: tuple[int, ...]
    beats_ms: tuple[int, ...]
    close_after_ms: int

    def writes(self, events: list[bytes], beat: bytes) -> list[Write]:
        """Everything that is written, in order of time."""
        told = [Write(at_ms=at_ms, data=data) for at_ms, data in zip(self.events_ms, events, strict=True)]
        beats = [Write(at_ms=at_ms, data=beat) for at_ms in self.beats_ms]
        return sorted([*told, *beats], key=lambda write: write.at_ms)


@st.composite
def courses(draw: st.DrawFn, events: int) -> Course:
    """A course of so many events: a wait, steps of about one length, a quick end."""
    head_ms = draw(st.sampled_from((5, 300, 9_000)))
    first_ms = head_ms + draw(st.sampled_from((0, 200, 1_500, 14_000, 20_000)))
    step_ms = draw(st.sampled_from((110, 250, 1_000, 3_000)))
    jitters = draw(st.lists(st.integers(0, step_ms // 2), min_size=events - 1, max_size=events - 1))
    events_ms = tuple(accumulate((step_ms + jitter for jitter in jitters), initial=first_ms))
    # Without comments the stream would be silent for too long, had it nothing to tell.
    is_long_wait = first_ms - head_ms > 14_000
    every_ms = draw(st.sampled_from((5_000, 10_000) if is_long_wait else (0, 2_000, 15_000)))
    beats_ms = tuple(range(head_ms + every_ms, events_ms[-1], every_ms)) if every_ms else ()
    return Course(
        head_ms=head_ms, events_ms=events_ms, beats_ms=beats_ms, close_after_ms=draw(st.sampled_from((0, 1, 1_500)))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A network between server and client.

    Attributes:
        latency_ms: From a write to the first read of it.
        bytes_per_ms: How fast it carries; 0 for at once.
        segment_bytes: Where it cuts what is written; 0 for nowhere.
        before_breaks: Whether it cuts before every line feed as well, inside CRLF and the blank line.
        wakes_every_ms: How long the reader may sleep, so that what comes meanwhile comes at once.
    """

    latency_ms: int
    bytes_per_ms: int
    segment_bytes: int
    before_breaks: bool
    wakes_every_ms: int

    def reads(self, writes: list[Write]) -> Iterator[tuple[int, bytes]]:
        """What the client reads, and when."""
        total = sum(len(write.data) for write in writes)
        segment_bytes = max(self.segment_bytes, total // _MOST_READS)
        free_ms = 0.0
        for write in writes:
            free_ms = max(free_ms, write.at_ms)
            for data in self._segments(write.data, segment_bytes):
                free_ms += len(data) / self.bytes_per_ms if self.bytes_per_ms else 0.0
                yield self._woken(int(free_ms) + self.latency_ms), data

    def _segments(self, data: bytes, segment_bytes: int) -> Iterator[bytes]:
        pieces = data.replace(b"\n", b"\0\n").split(b"\0") if self.before_breaks else [data]
        for piece in pieces:
            size = segment_bytes or len(piece)
            yield from (piece[start : start + size] for start in range(0, len(piece), size or 1))

    def _woken(self, at_ms: int) -> int:
        return -(-at_ms // self.wakes_every_ms) * self.wakes_every_ms


@st.composite
def links(draw: st.DrawFn) -> Link:
    """A network."""
    return Link(
        latency_ms=draw(st.sampled_from((0, 30, 300))),
        bytes_per_ms=draw(st.sampled_from((0, 10_000, 1_000, 100))),
        segment_bytes=draw(st.just(0) | st.sampled_from((1, 1448, 16_384)) | st.integers(2, 5_000)),
        before_breaks=draw(st.booleans()),
        wakes_every_ms=draw(st.sampled_from((1, 1, 10, 40))),
    )
