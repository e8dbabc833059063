"""One recorded exchange as the page shows it: its events by kind, its arrivals, its name among others of its probe."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from conformance.core import Line
from conformance.judging.report import GENERATION, Report
from conformance.stream.event import Event
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

__all__ = ["Arrival", "EventKind", "Exchange", "exchanges", "step_words"]

_STEPS = ("step", "current_step")
_TOTALS = ("total_steps", "total", "num_inference_steps")
_SHOWN_BODY_BYTES = 600


class EventKind(Enum):
    """What an event is in its stream; the value is its name for people."""

    PREVIEW = "preview"
    FINAL = "final"
    LAST_PICTURE = "last picture, perhaps not the final"
    """Where a final would stand, in a stream of which nobody knows that it ended well."""
    LATE_PICTURE = "picture after the final"
    ERROR = "error"
    END_MARK = "end mark"
    OTHER = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What one read of the socket brought.

    Attributes:
        at_ns: When.
        size_bytes: How much, content coding removed.
        events: The events that it completed.
    """

    at_ns: int
    size_bytes: int
    events: tuple[Event, ...]


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One recorded exchange.

    Attributes:
        number: Its place in the report, from 1.
        name: Its probe, numbered where the probe was asked more than once.
        evidence: What was recorded.
    """

    number: int
    name: str
    evidence: Evidence

    @property
    def is_generation(self) -> bool:
        """Whether it is one of those that most rules judge."""
        return self.evidence.probe == GENERATION

    @property
    def has_stream(self) -> bool:
        """Whether there are events to be drawn."""
        return bool(self.evidence.received)

    @cached_property
    def known_final(self) -> Event | None:
        """The final event where nothing speaks against it; without a mark, what was cut off may have been it."""
        evidence, tail = self.evidence, self.evidence.unfinished_block
        was_cut_off = tail is not None and any(line.name == b"data" for line in tail.lines)
        return None if was_cut_off and not evidence.marked_finals else evidence.certain_final

    def kind(self, event: Event) -> EventKind:
        """What an event is."""
        evidence, final = self.evidence, self.evidence.final
        if event is evidence.end_mark:
            return EventKind.END_MARK
        if event in evidence.error_events:
            return EventKind.ERROR
        if event is final:
            return EventKind.FINAL if self.known_final is final else EventKind.LAST_PICTURE
        if not event.pictures:
            return EventKind.OTHER
        return EventKind.PREVIEW if event in evidence.previews else EventKind.LATE_PICTURE

    @cached_property
    def arrivals(self) -> tuple[Arrival, ...]:
        """The body in reads: pieces of one instant came out of one read."""
        chunks = self.evidence.stream.chunks
        sizes: dict[int, int] = {}
        for chunk in chunks:
            sizes[chunk.at_ns] = sizes.get(chunk.at_ns, 0) + len(chunk.data)
        events: dict[int, list[Event]] = {}
        for event in self.evidence.received:
            events.setdefault(event.at_ns, []).append(event)
        return tuple(
            Arrival(at_ns=at_ns, size_bytes=size, events=tuple(events.get(at_ns, ()))) for at_ns, size in sizes.items()
        )

    @cached_property
    def comments(self) -> tuple[tuple[int, Line], ...]:
        """Every comment line (heartbeats are such) with the instant of its first byte."""
        if not self.evidence.is_event_stream:
            return ()
        found = (line for block in self.evidence.blocks for line in block.comments)
        return tuple((self.evidence.stream.instant_ns(line.offset), line) for line in found)

    def shows(self, finding: Finding) -> bool:
        """Whether it may be the exchange that a finding points into: its probe, and its bytes there."""
        if finding.probe != self.evidence.probe or (finding.at_ns or 0) > self.evidence.transcript.end.at_ns:
            return False
        excerpt = finding.excerpt
        if excerpt is None:
            return True
        here = self.evidence.body[excerpt.offset : excerpt.offset + len(excerpt.data)]
        return here == excerpt.data and excerpt.fault_offset <= len(self.evidence.body)

    @cached_property
    def instants_ns(self) -> frozenset[int | None]:
        """When anything was seen to happen, by which two exchanges of the same bytes are told apart."""
        transcript = self.evidence.transcript
        ends = (transcript.phases.head_ns, transcript.end.at_ns)
        return frozenset([*(arrival.at_ns for arrival in self.arrivals), *ends])

    @property
    def body_beginning(self) -> str:
        """The first bytes of a body that is no event stream, for people; empty for one that is."""
        body = self.evidence.body
        if self.evidence.is_event_stream or self.evidence.media_type.lower().startswith("image/"):
            return ""
        text = body[:_SHOWN_BODY_BYTES].decode("utf-8", "replace")
        return f"{text} ... ({len(body)} bytes in all)" if len(body) > _SHOWN_BODY_BYTES else text


def step_words(event: Event) -> str:
    """The step that an event says it shows, as ``step 5 of 20``; empty where it says none."""
    step, total = _whole(event, _STEPS), _whole(event, _TOTALS)
    if step is None:
        return ""
    return f"step {step}" if total is None else f"step {step} of {total}"


def exchanges(report: Report) -> tuple[Exchange, ...]:
    """The exchanges of a report, in the order in which they were recorded."""
    return tuple(
        Exchange(number=number, name=name, evidence=Evidence(transcript, report.profile.conventions))
        for number, (name, transcript) in enumerate(
            zip(_names([item.probe for item in report.transcripts]), report.transcripts, strict=True), start=1
        )
    )


def _names(probes: Sequence[str]) -> Iterator[str]:
    totals, seen = Counter(probes), Counter[str]()
    for probe in probes:
        seen[probe] += 1
        yield f"{probe} {seen[probe]} of {totals[probe]}" if totals[probe] > 1 else probe


def _whole(event: Event, names: Sequence[str]) -> int | None:
    values = (event.payload.members.get(name) for name in names)
    return next((value for value in values if isinstance(value, int) and not isinstance(value, bool)), None)
