"""The pictures of a stream in their order: which are judged as previews, and how they come near the final.

An event may show several pictures (a batch), and may carry others beside them (an echoed input). What counts
as shown are the pictures under a name that the profile calls a picture, or all of them where there is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

from conformance.catalogue import NotApplicable
from conformance.signs.applicability import require_pictures
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding
from conformance.stream.picture import DecodedPicture, Picture

__all__ = [
    "Film",
    "Frame",
    "decoded_film",
    "finding_at",
    "frame_of",
    "locate",
    "preview_pictures",
]


@dataclass(frozen=True, eq=False, kw_only=True)
class Frame:
    """What one event shows.

    Attributes:
        event: The event.
        pictures: Its pictures, without those that only accompany them.
    """

    event: Event
    pictures: tuple[Picture, ...]

    @cached_property
    def decoded(self) -> tuple[DecodedPicture, ...]:
        """The pictures decoded, in their order; empty unless every one of them is inline and whole."""
        decoded = (picture.decoded for picture in self.pictures)
        whole = tuple(item for item in decoded if item is not None and item.error is None)
        return whole if len(whole) == len(self.pictures) else ()

    @property
    def thumbnails(self) -> tuple[bytes, ...]:
        """What tells one frame from another."""
        return tuple(item.thumbnail for item in self.decoded)

    @property
    def is_plain(self) -> bool:
        """Whether all of its pictures are of one colour each."""
        return all(item.is_plain for item in self.decoded)

    @cached_property
    def roughness(self) -> float:
        """Mean roughness of its pictures."""
        return fmean(item.roughness for item in self.decoded)

    def distance(self, other: "Frame") -> float:
        """Mean distance of its pictures from the other's, first from first and so on."""
        return fmean(mine.distance(theirs) for mine, theirs in zip(self.decoded, other.decoded, strict=True))


@dataclass(frozen=True, eq=False, kw_only=True)
class Film:
    """Decoded previews and the decoded final, all showing the same number of pictures."""

    previews: tuple[Frame, ...]
    final: Frame

    @cached_property
    def distances(self) -> tuple[float, ...]:
        """Each preview's distance to the final."""
        return tuple(frame.distance(self.final) for frame in self.previews)


def frame_of(evidence: Evidence, event: Event) -> Frame:
    """What an event shows."""
    return Frame(event=event, pictures=evidence.conventions.shown(event.pictures))


def preview_pictures(evidence: Evidence) -> tuple[tuple[Event, Picture], ...]:
    """Every picture outside the final event, with its event.

    Raises:
        NotApplicable: There is none, or the profile expects none.
    """
    require_pictures(evidence)
    final = evidence.certain_final
    found = tuple((event, item) for event in evidence.events if event is not final for item in event.pictures)
    if not found:
        raise NotApplicable("fewer than 1 preview with a picture: 0")
    return found


def decoded_film(evidence: Evidence, *, least: int) -> Film:
    """The previews and the final, as far as their pixels are at hand and can be compared.

    Raises:
        NotApplicable: There is no certain final, its pixels are not at hand, or there are too few previews.
    """
    final = evidence.certain_final
    last = frame_of(evidence, final) if final is not None else None
    if last is None or not last.decoded:
        raise NotApplicable("there is no final event whose pictures are inline and whole")
    frames = [frame_of(evidence, event) for event in evidence.previews]
    alike = tuple(frame for frame in frames if len(frame.decoded) == len(last.decoded))
    if len(alike) < least:
        raise NotApplicable(f"fewer than {least} previews that can be compared with the final: {len(alike)}")
    return Film(previews=alike, final=last)


def locate(evidence: Evidence, event: Event, *texts: str | None) -> int:
    """Byte offset of the first of the texts that stands in the event as it is written, else of the event."""
    following = evidence.events[event.index + 1 : event.index + 2]
    end = following[0].offset if following else len(evidence.body)
    return next(_occurrences(evidence.body, event.offset, end, texts), event.offset)


def finding_at(evidence: Evidence, frame: Frame, message: str) -> Finding:
    """Point at the member that holds a frame's first picture."""
    offset = locate(evidence, frame.event, f'"{frame.pictures[0].name}"')
    return evidence.finding(message, event=frame.event, offset=offset)


def _occurrences(body: bytes, start: int, end: int, texts: tuple[str | None, ...]) -> Iterator[int]:
    for text in filter(None, texts):
        found = body.find(text.encode("utf-8", "surrogatepass"), start, end)
        if found >= 0:
            yield found
