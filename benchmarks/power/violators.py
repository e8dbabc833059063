"""What endpoints and proxies do wrong, each with its severity: a good course bent in one way."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.power.endpoint import Course, Write

__all__ = [
    "Bend",
    "closed_late",
    "first_event_late",
    "head_late",
    "held_back",
    "in_blocks",
    "kept",
    "stalled",
    "zipped",
]

Bend = Callable[[Course, Random], Course]

_GZIP_WINDOW = 31
_LEAST_PICTURE_BYTES = 2_000


def kept(course: Course, draw: Random) -> Course:
    """Everything is sent when the last event is there."""
    last = course.writes[-1].at_seconds
    whole = Write(at_seconds=last, data=b"".join(write.data for write in course.writes))
    return replace(course, writes=(whole,))


def in_blocks(size_bytes: int) -> Bend:
    """Only full blocks are sent on, and the rest at the end."""

    def bend(course: Course, draw: Random) -> Course:
        waiting, sent = b"", []
        for write in course.writes:
            waiting += write.data
            full = len(waiting) // size_bytes * size_bytes
            if full:
                sent.append(Write(at_seconds=write.at_seconds, data=waiting[:full]))
                waiting = waiting[full:]
        return replace(course, writes=(*sent, Write(at_seconds=course.end_seconds, data=waiting or b"\n")))

    return bend


def held_back(tail_bytes: int) -> Bend:
    """The last bytes that were written wait for the next write, and those of the last event for the end."""

    def bend(course: Course, draw: Random) -> Course:
        waiting, sent = b"", []
        for write in course.writes:
            waiting += write.data
            sent.append(Write(at_seconds=write.at_seconds, data=waiting[:-tail_bytes]))
            waiting = waiting[-tail_bytes:]
        sent.append(Write(at_seconds=course.end_seconds, data=waiting))
        return replace(course, writes=tuple(write for write in sent if write.data))

    return bend


def stalled(seconds: float) -> Bend:
    """Nothing is sent for that long before one of the previews after the first."""

    def bend(course: Course, draw: Random) -> Course:
        shown = [index for index, write in enumerate(course.writes[:-1]) if len(write.data) > _LEAST_PICTURE_BYTES]
        place = draw.choice(shown[1:])
        pause = seconds - (course.writes[place].at_seconds - course.writes[place - 1].at_seconds)
        return _later(course, place, max(pause, 0.0))

    return bend


def head_late(seconds: float) -> Bend:
    """The head, and everything after it, comes that late."""

    def bend(course: Course, draw: Random) -> Course:
        return replace(_later(course, 0, seconds - course.head_seconds), head_seconds=seconds)

    return bend


def first_event_late(seconds: float) -> Bend:
    """The head comes as ever, the first event that late."""

    def bend(course: Course, draw: Random) -> Course:
        return _later(course, 0, seconds - course.writes[0].at_seconds)

    return bend


def closed_late(seconds: float) -> Bend:
    """The stream is closed that long after its final event."""

    def bend(course: Course, draw: Random) -> Course:
        return replace(course, end_seconds=course.writes[-1].at_seconds + seconds)

    return bend


def zipped(flush: int | None) -> Bend:
    """The body is compressed with gzip, flushed like this after each event."""

    def bend(course: Course, draw: Random) -> Course:
        compress = zlib.compressobj(level=1, wbits=_GZIP_WINDOW)
        writes = [
            replace(write, data=compress.compress(write.data) + (compress.flush(flush) if flush else b""))
            for write in course.writes
        ]
        end = Write(at_seconds=course.end_seconds, data=compress.flush())
        return replace(course, writes=tuple(write for write in (*writes, end) if write.data))

    return bend


def _later(course: Course, place: int, seconds: float) -> Course:
    moved = (replace(write, at_seconds=write.at_seconds + seconds) for write in course.writes[place:])
    return replace(course, writes=(*course.writes[:place], *moved), end_seconds=course.end_seconds + seconds)
