"""What lies between an endpoint and a recorder: when bytes that were sent are read.

Bytes keep their order, so whatever holds one back holds back all that follow, which then arrive together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from benchmarks.power.endpoint import Course, Write
from conformance.core import Chunk, Ending, Phases, StreamEnd, Transcript
from conformance.samples import timed_stream

__all__ = ["FAST", "SLOW", "Line", "Network"]


_NS_PER_SECOND = 1_000_000_000
_READ_BYTES = 65_536
_SEGMENT_BYTES = 1_460
_RECORD_BYTES = 16_384
# More pieces than this an event would cost time and change nothing that a rule looks at.
_MOST_PIECES = 12
_RETRANSMIT_SECONDS = 0.2
_DELAYED_ACK_SECONDS = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a way is like at best: the latency of one way, the mean of its jitter, its width."""

    latency_seconds: float
    jitter_seconds: float
    megabits_per_second: float
    is_radio: bool = False


_LOOPBACK = Line(latency_seconds=0.0, jitter_seconds=0.0, megabits_per_second=10_000)
_DATACENTRE = Line(latency_seconds=0.001, jitter_seconds=0.0005, megabits_per_second=1000)
_FIBRE = Line(latency_seconds=0.015, jitter_seconds=0.003, megabits_per_second=300)
_WIRELESS = Line(latency_seconds=0.01, jitter_seconds=0.01, megabits_per_second=30, is_radio=True)
_MOBILE = Line(latency_seconds=0.05, jitter_seconds=0.03, megabits_per_second=8, is_radio=True)
_SATELLITE = Line(latency_seconds=0.3, jitter_seconds=0.02, megabits_per_second=15)
FAST = (_LOOPBACK, _DATACENTRE, _FIBRE)
SLOW = (_WIRELESS, _MOBILE, _SATELLITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One way from an endpoint to a recorder.

    Attributes:
        latency_seconds: One way, at least.
        jitter_seconds: The mean of an exponential delay beside it.
        tail_share: The share of pieces with a heavy-tailed (Pareto) delay of some ten times that.
        bytes_per_second: Of its narrowest link.
        loss_share: The share of pieces that TCP has to send again, 200 ms later, doubled each time it fails.
        flush_seconds: A proxy passes on what it has at each multiple of this time; 0 for none.
        beacon_seconds: A radio that sleeps hands over what it has at each multiple of this time; 0 for none.
        has_nagle: Whether a last small segment waits for the acknowledgement of those before it.
        has_tls: Whether bytes can only be read once their record of up to 16 KiB is whole.
        stalls_per_second: How often the recorder's machine is busy with something else.
        stall_seconds: The mean length of that.
    """

    latency_seconds: float
    jitter_seconds: float
    tail_share: float
    bytes_per_second: float
    loss_share: float
    flush_seconds: float
    beacon_seconds: float
    has_nagle: bool
    has_tls: bool
    stalls_per_second: float
    stall_seconds: float

    @classmethod
    def drawn(cls, draw: Random, lines: tuple[Line, ...] = (*FAST, *SLOW)) -> "Network":
        """A network as they are, most of them with some fault."""
        line = draw.choice(lines)
        return cls(
            latency_seconds=line.latency_seconds,
            jitter_seconds=line.jitter_seconds,
            tail_share=draw.choice((0.0, 0.0, 0.01, 0.05)),
            bytes_per_second=line.megabits_per_second * 125_000 * draw.uniform(0.4, 1.0),
            loss_share=draw.choice((0.0, 0.0, 0.001, 0.01, 0.03)) if line.latency_seconds else 0.0,
            flush_seconds=draw.choice((0.0, 0.0, 0.0, 0.01, 0.05, 0.1, 0.2)),
            beacon_seconds=draw.choice((0.0, 0.0, 0.0, 0.1, 0.3)) if line.is_radio else 0.0,
            has_nagle=draw.random() < 0.2,
            has_tls=draw.random() < 0.6,
            stalls_per_second=draw.choice((0.0, 0.0, 0.1, 0.5)),
            stall_seconds=draw.choice((0.05, 0.2)),
        )

    def transcript(
        self, course: Course, draw: Random, *, probe: str = "generation", ending: Ending = Ending.COMPLETE
    ) -> Transcript:
        """What a recorder keeps of a course."""
        sent = 2 * self.latency_seconds
        asked = sent + self.latency_seconds
        head_write = Write(at_seconds=course.head_seconds, data=b"-")
        end_write = Write(at_seconds=course.end_seconds, data=b"-")
        head = asked + self._arrivals([head_write], draw)[0][0]
        *arrivals, (end, _) = self._arrivals([*course.writes, end_write], draw)
        reads = list(self._reads([(max(asked + at, head), data) for at, data in arrivals], draw))
        end_at = max([asked + end, *(at for at, _ in reads[-1:])])
        return replace(
            timed_stream([], end_ms=0, probe=probe),
            chunks=tuple(Chunk(at_ns=_ns(at), data=data) for at, data in reads),
            phases=Phases(resolved_ns=0, connected_ns=_ns(sent), request_sent_ns=_ns(sent), head_ns=_ns(head)),
            end=StreamEnd(ending=ending, at_ns=_ns(end_at)),
        )

    def _arrivals(self, writes: list[Write], draw: Random) -> list[tuple[float, bytes]]:
        """When each piece is at the recorder's machine, counted as the endpoint counts."""
        arrivals: list[tuple[float, bytes]] = []
        free = last = 0.0
        for write in writes:
            for piece, is_tail in self._pieces(write.data):
                start = max(_next_tick(write.at_seconds, self.flush_seconds), free)
                free = start + len(piece) / self.bytes_per_second
                at = free + self.latency_seconds + self._delay(draw, is_tail=is_tail)
                if self.has_nagle and is_tail and start < last + self.latency_seconds:
                    at += min(last + self.latency_seconds - start, 2 * self.latency_seconds) + _DELAYED_ACK_SECONDS
                last = max(last, _next_tick(at, self.beacon_seconds))
                arrivals.append((last, piece))
        return arrivals

    def _pieces(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        least = _RECORD_BYTES if self.has_tls else _SEGMENT_BYTES
        size = max(least, -(-len(data) // _MOST_PIECES // least) * least)
        for start in range(0, len(data), size):
            yield data[start : start + size], start + size >= len(data)

    def _delay(self, draw: Random, *, is_tail: bool) -> float:
        delay = draw.expovariate(1 / self.jitter_seconds) if self.jitter_seconds else 0.0
        if draw.random() < self.tail_share:
            delay += min(5 * self.jitter_seconds * draw.paretovariate(1.5), 2.0)
        # What follows a lost segment tells the sender at once; for the last one only its timer does.
        again = _RETRANSMIT_SECONDS + 2 * self.latency_seconds if is_tail else 3 * self.latency_seconds
        while draw.random() < self.loss_share:
            delay, again = delay + again, 2 * max(again, _RETRANSMIT_SECONDS)
        return delay

    def _reads(self, arrivals: list[tuple[float, bytes]], draw: Random) -> Iterator[tuple[float, bytes]]:
        """What single reads of the socket give: all that is there, up to 64 KiB, once the machine has time."""
        free, place = 0.0, 0
        while place < len(arrivals):
            at = max(arrivals[place][0], free)
            # The chance that the machine became busy since the last read, and still is.
            if draw.random() < self.stalls_per_second * min(at - free, self.stall_seconds):
                at += draw.expovariate(1 / self.stall_seconds)
            data = [arrivals[place][1]]
            place += 1
            while (
                place < len(arrivals)
                and arrivals[place][0] <= at
                and sum(map(len, data)) + len(arrivals[place][1]) <= _READ_BYTES
            ):
                data.append(arrivals[place][1])
                place += 1
            yield at, b"".join(data)
            free = at + draw.uniform(0.00005, 0.0003)


def _next_tick(at_seconds: float, every_seconds: float) -> float:
    return -(-at_seconds // every_seconds) * every_seconds if every_seconds else at_seconds


def _ns(seconds: float) -> int:
    return int(seconds * _NS_PER_SECOND)
