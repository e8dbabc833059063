"""Where in the bytes of a body an event stands, and which event stands there."""

from bisect import bisect_right
from collections.abc import Mapping

from conformance.core import Block
from conformance.stream.event import Event
from conformance.stream.evidence import Evidence

__all__ = ["event_at", "offset_of"]


def offset_of(evidence: Evidence, event: Event, position: int) -> int:
    """Byte offset, in the body, of the character at ``position`` of an event's data."""
    block = _block_at(evidence, event.offset)
    for line in block.data_lines:
        text = line.value.decode("utf-8", "replace")
        if position <= len(text):
            start = line.end - len(line.ending.value) - len(line.value)
            return min(start + len(text[:position].encode()), block.end)
        position -= len(text) + 1
    return event.offset


def event_at(evidence: Evidence, offset: int) -> Event | None:
    """The event whose block holds the byte at ``offset``, or None between and after events."""
    if not 0 <= offset < len(evidence.body):
        return None
    return evidence.once(_events_by_offset).get(_block_at(evidence, offset).offset)


def _block_at(evidence: Evidence, offset: int) -> Block:
    return evidence.blocks[bisect_right(evidence.once(_block_offsets), offset) - 1]


def _block_offsets(evidence: Evidence) -> tuple[int, ...]:
    return tuple(block.offset for block in evidence.blocks)


def _events_by_offset(evidence: Evidence) -> Mapping[int, Event]:
    return {event.offset: event for event in evidence.events}
