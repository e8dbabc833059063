"""A transcript as rules see it: events with their instants, payloads, pictures, previews and the result.

Everything here is derived once, on first use, and shared by all rules.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from conformance.core import (
    Block,
    EventStreamDecoder,
    Line,
    ResponseHead,
    StreamTimings,
    Transcript,
    parse_blocks,
)
from conformance.stream.content_coding import DecodedBody, decode_content
from conformance.stream.conventions import Conventions, DataKind, EventRole
from conformance.stream.event import Event, Events
from conformance.stream.finding import Excerpt, Finding, presentable
from conformance.stream.payload import Payload, parse_payload, walk
from conformance.stream.pixels import DecodingBudget

__all__ = ["Event", "Evidence"]

Derived = TypeVar("Derived")


class Evidence:
    """One transcript, read with a profile's conventions.

    Attributes:
        transcript: The exchange as recorded.
        conventions: How its payloads are to be understood.
    """

    def __init__(self, transcript: Transcript, conventions: Conventions | None = None) -> None:
        """Nothing is decoded until it is asked for."""
        self.transcript = transcript
        self.conventions = conventions or Conventions()
        self._derived: dict[Callable[[Evidence], Any], Any] = {}

    def once(self, derive: Callable[["Evidence"], Derived]) -> Derived:
        """What a function makes of this evidence, worked out when it is first asked for and shared from then on."""
        if derive not in self._derived:
            self._derived[derive] = derive(self)
        derived: Derived = self._derived[derive]
        return derived

    @property
    def probe(self) -> str:
        """The probe that recorded it."""
        return self.transcript.probe

    @property
    def head(self) -> ResponseHead | None:
        """The response head, or None."""
        return self.transcript.head

    @property
    def response(self) -> ResponseHead:
        """The response head of an exchange that has one.

        Raises:
            LookupError: No response came; evaluation answers for such transcripts before any rule runs.
        """
        if self.transcript.head is None:
            raise LookupError("no response came")
        return self.transcript.head

    @cached_property
    def media_type(self) -> str:
        """The essence of the (first) Content-Type as it was written, without parameters; empty if absent."""
        values = self.head.values("content-type") if self.head else ()
        # A comma cannot be part of an essence: it joins what were two field lines.
        return values[0].partition(";")[0].partition(",")[0].strip() if values else ""

    @property
    def is_event_stream(self) -> bool:
        """Whether the response says it is an event stream, in any case of letters."""
        return self.media_type.lower() == "text/event-stream"

    @cached_property
    def codings(self) -> tuple[str, ...]:
        """Content codings in the order they were applied, lower case."""
        return self.header_members("content-encoding")

    def header_members(self, name: str) -> tuple[str, ...]:
        """The members of a comma-separated header field over all of its lines, in order, lower case."""
        value = self.head.value(name) if self.head else None
        return tuple(part.strip().lower() for part in (value or "").split(",") if part.strip())

    @cached_property
    def stream(self) -> Transcript:
        """The transcript with its content codings removed; all offsets in events and findings are its own."""
        if not any(coding != "identity" for coding in self.codings):
            return self.transcript
        return replace(self.transcript, chunks=self._decoded.chunks)

    @cached_property
    def coding_error(self) -> str | None:
        """Why the content codings could not be removed, or None."""
        return self._decoded.error

    @cached_property
    def _decoded(self) -> DecodedBody:
        return decode_content(self.transcript.chunks, self.codings)

    @property
    def why_not_whole(self) -> str | None:
        """Why the stream was not read to an end of its own: we left, it broke off, or its coding stayed; else None."""
        ending = self.transcript.end.ending
        if ending.is_ours:
            return "we hung up before the end"
        if not ending.is_clean:
            return f"the stream did not end by itself: {ending.value}"
        return self.coding_error and f"the content coding could not be removed: {self.coding_error}"

    @property
    def body(self) -> bytes:
        """The body, content codings removed."""
        return self.stream.body

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line of the body."""
        # The very lines of the blocks: a second reading would hold the body once more.
        return tuple(
            line
            for block in self.blocks
            for line in (*block.lines, *([block.blank] if block.blank is not None else []))
        )

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every block of the body, an unfinished tail included."""
        return tuple(parse_blocks(self.body))

    @property
    def unfinished_block(self) -> Block | None:
        """The block at the end that no blank line ended, which every reader throws away; None where there is none."""
        return self.blocks[-1] if self.blocks and not self.blocks[-1].is_finished else None

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The events that say something: all that were received but the profile's end marker."""
        return self.received[:-1] if self.end_mark is not None else self.received

    @cached_property
    def end_mark(self) -> Event | None:
        """The last event where it is the one by which the profile says that a stream ends; else None."""
        marker, last = self.conventions.end_marker, self.received[-1:]
        return last[0] if marker is not None and last and marker.marks(last[0].sse) else None

    @cached_property
    def received(self) -> tuple[Event, ...]:
        """The events that a reader which follows the standard receives."""
        decoder, budget = EventStreamDecoder(), DecodingBudget()
        events: list[Event] = []
        for number, chunk in enumerate(self.stream.chunks):
            for sse in decoder.feed(chunk.data):
                payload = self.conventions.read(sse.data)
                events.append(
                    Event(
                        index=len(events),
                        at_ns=chunk.at_ns,
                        chunk=number,
                        sse=sse,
                        payload=payload,
                        pictures=self.conventions.pictures_of(payload.value, event_name=sse.event, budget=budget),
                    )
                )
        return tuple(events)

    @property
    def last_event(self) -> Event | None:
        """The last event that has data, whatever it carries: what fal-js's ``done()`` resolves with.

        Events that are neither preview nor result by the profile's word (log lines) are left out.
        """
        return next((event for event in reversed(self.events) if event.sse.data.strip() and self._counts(event)), None)

    @cached_property
    def asked(self) -> Payload:
        """The request's body, read as JSON."""
        return parse_payload(self.transcript.request.body.decode("utf-8", "replace"))

    @cached_property
    def error_events(self) -> tuple[Event, ...]:
        """Events whose payload reports a failure."""
        return Events(event for event in self.events if self.conventions.is_error(event.payload, event.sse.event))

    @cached_property
    def result_events(self) -> tuple[Event, ...]:
        """Events that can be a result: with a picture, or any object or text where the profile has no pictures."""
        failed, carries_pictures = self.error_events, self.conventions.carries_pictures
        counted = (event for event in self.events if self._counts(event) and event not in failed)
        return Events(event for event in counted if (event.pictures if carries_pictures else self._tells(event)))

    def _counts(self, event: Event) -> bool:
        return self.conventions.event_roles.get(event.sse.event) is not EventRole.OTHER

    def _tells(self, event: Event) -> bool:
        return bool(event.sse.data if self.conventions.data is DataKind.TEXT else event.payload.members)

    @cached_property
    def marked_finals(self) -> tuple[Event, ...]:
        """Events that carry a result and say themselves that they are final.

        Usual markers are only guesses: one that several events bear and the last does not (``status: success`` on
        each preview) marks nothing. A declared marker is always believed.
        """
        marked = Events(
            event for event in self.result_events if self.conventions.is_marked_final(event.payload, event.sse.event)
        )
        is_guess = self.conventions.declared_final is None
        return Events() if is_guess and len(marked) > 1 and marked[-1] is not self.result_events[-1] else marked

    @cached_property
    def final(self) -> Event | None:
        """The final event: the last marked one, else the last event that carries a result (a guess).

        The guess is right for a stream that ended well; rules for streams that did not must not use it.
        """
        candidates = self.marked_finals or self.result_events
        return candidates[-1] if candidates else None

    @property
    def certain_final(self) -> Event | None:
        """The final event where there is no doubt that it is one: it says so, or the stream ended well after it."""
        ended_well = self.transcript.end.ending.is_clean and not self.error_events
        return self.final if self.marked_finals or ended_well else None

    @cached_property
    def previews(self) -> tuple[Event, ...]:
        """Events with a picture before the final one."""
        final = self.final
        return Events(
            event
            for event in self.events
            if event.pictures and final is not None and event.index < final.index and event not in self.error_events
        )

    @cached_property
    def timings(self) -> StreamTimings:
        """Where the time went."""
        with_pictures = [event.at_ns for event in self.events if event.pictures]
        return StreamTimings.of(
            self.transcript,
            event_instants_ns=[event.at_ns for event in self.events],
            first_preview_ns=with_pictures[0] if with_pictures else None,
        )

    def finding(
        self,
        message: str,
        *,
        event: Event | None = None,
        offset: int | None = None,
        at_ns: int | None = None,
        is_note: bool = False,
    ) -> Finding:
        """Point at a fault in this transcript.

        Args:
            message: What was read against what was expected.
            event: The event at fault; gives offset and instant unless they are given.
            offset: The byte at fault; gives the instant unless it is given.
            at_ns: The instant at fault.
            is_note: A remark, not a failure.
        """
        if event is not None:
            offset = event.offset if offset is None else offset
            at_ns = event.at_ns if at_ns is None else at_ns
        if offset is not None and at_ns is None and self.stream.chunks:
            at_ns = self.stream.instant_ns(offset)
        return Finding(
            message=presentable(message),
            probe=self.probe,
            event=event.index if event else None,
            byte_offset=offset,
            at_ns=at_ns,
            excerpt=Excerpt.around(self.body, offset) if offset is not None and self.body else None,
            is_note=is_note,
        )

    def empty_places(self, event: Event) -> tuple[str, ...]:
        """Paths of an event's members where a picture should stand and that hold nothing: ``null``, ``[]``, ``{}``."""
        if self.conventions.finals:
            return tuple(path for place in self.conventions.finals for path in place.dead_ends(event.payload.value))
        return tuple(
            path
            for path, value in walk(event.payload.value)
            if value in (None, [], {}) and path.rpartition(".")[2].partition("[")[0] in self.conventions.picture_names
        )
