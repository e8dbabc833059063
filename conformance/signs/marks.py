"""Marks by which the results of one request are known in the stream of another.

Each request that must be told from others asks for a prompt, a seed, perhaps a shape of its own. What only it asked
for or showed is foreign to every other stream.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile

from conformance.signs.frames import locate
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding
from conformance.stream.payload import Json, walk
from conformance.stream.picture import Picture

__all__ = ["Shape", "Stranger", "placeholders"]

# Colours that differ by less than this are one colour to a JPEG.
_PLAIN_RANGE = 4

# Pictures of a smaller size have members of these names too.
_SHAPE_MEMBERS = ("width", "height")

Shape = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """Another request, as far as its results can be told from those of the request that is judged.

    Attributes:
        title: What findings call it.
        asked: What only it asked for, by member; without its shape.
        pictures: Bytes of pictures that only it may show.
        shape: Width and height of pictures that only it may show, or None.
        allowed: Members of ``asked`` whose value other streams were seen to hold as well.
    """

    title: str
    asked: Mapping[str, Json]
    pictures: frozenset[bytes]
    shape: Shape | None = None
    allowed: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        other: Evidence,
        own: Evidence,
        usual: Sequence[Evidence],
        *,
        title: str,
        harmless: frozenset[bytes] = frozenset(),
    ) -> "Stranger":
        """Compare two requests.

        Args:
            other: The exchange of the stranger.
            own: The exchange that is judged.
            usual: Generations that nobody disturbed: what they hold is this endpoint's own and tells nothing.
            title: What findings call it.
            harmless: Bytes of further pictures that tell nothing.
        """
        now = own.asked.members
        asked = {
            name: value
            for name, value in other.asked.members.items()
            if value != now.get(name) and name not in _SHAPE_MEMBERS
        }
        shown_by_all = frozenset(chain.from_iterable(map(_shown, usual)))
        shape = _asked_shape(other)
        tells = (
            shape != _asked_shape(own)
            and all(map(_heeds_shape, usual))
            and not any(_shows(item, shape) for item in usual)
        )
        return cls(
            title=title,
            asked=asked,
            pictures=_shown(other) - shown_by_all - harmless,
            shape=shape if tells else None,
            allowed=frozenset(name for item in usual for event in item.events for name in _echoes(event, asked)),
        )

    def finding(self, stream: Evidence, event: Event) -> Finding | None:
        """Point at a mark of the stranger in an event of another stream, or find none."""
        return self._picture(stream, event) or self._echo(stream, event) or self._foreign_shape(stream, event)

    def _picture(self, stream: Evidence, event: Event) -> Finding | None:
        for item in event.pictures:
            if _data(item) in self.pictures and _is_telling(item):
                return stream.finding(
                    f"{item.path} of event {event.index} has the very bytes of a picture of {self.title}, which asked "
                    "for something else, expected pictures of this request only",
                    event=event,
                    offset=locate(stream, event, f'"{item.name}"'),
                )
        return None

    def _echo(self, stream: Evidence, event: Event) -> Finding | None:
        name = next((name for name in _echoes(event, self.asked) if name not in self.allowed), None)
        if name is None:
            return None
        own = stream.asked.members.get(name)
        return stream.finding(
            f"event {event.index} has {name!r}: {self.asked[name]!r}, as {self.title} asked for, expected {own!r}",
            event=event,
            offset=locate(stream, event, f'"{name}"'),
        )

    def _foreign_shape(self, stream: Evidence, event: Event) -> Finding | None:
        if self.shape is None:
            return None
        for item in event.pictures:
            size = _size(item)
            if size is not None and _has_shape(size, self.shape):
                return stream.finding(
                    f"{item.path} of event {event.index} is {size[0]} x {size[1]} pixels, the shape that {self.title} "
                    f"asked for with {self.shape[0]} x {self.shape[1]}, expected the shape that this request asked for",
                    event=event,
                    offset=locate(stream, event, f'"{item.name}"'),
                )
        return None


def placeholders(usual: Sequence[Evidence], own: Evidence, other: Evidence) -> frozenset[bytes]:
    """Bytes of pictures with which both streams begin before either shows one of its own; a final is none."""
    mine, theirs = _in_order(own), _in_order(other)
    first_of_mine = frozenset(takewhile(frozenset(theirs).__contains__, mine))
    first_of_theirs = frozenset(takewhile(frozenset(mine).__contains__, theirs))
    return first_of_mine & first_of_theirs - _finals(usual, own) - _finals(usual, other)


def _data(item: Picture) -> bytes:
    """The bytes of an inline picture; none for any other."""
    return item.data_uri.data if item.data_uri is not None else b""


def _has_shape(size: Shape, asked: Shape) -> bool:
    """Whether a picture has the aspect ratio that was asked for, give or take a pixel of its own."""
    return abs(size[0] * asked[1] - size[1] * asked[0]) <= sum(asked)


def _echoes(event: Event, asked: Mapping[str, Json]) -> Iterator[str]:
    """Members that hold the value which a request asked for."""
    for path, value in walk(event.payload.value):
        name = path.rpartition(".")[2]
        if isinstance(value, str | int) and name in asked:
            other = asked[name]
            if type(value) is type(other) and value == other:
                yield name


def _shown(evidence: Evidence) -> frozenset[bytes]:
    return frozenset(_in_order(evidence)) - {b""}


def _heeds_shape(evidence: Evidence) -> bool:
    """Whether a stream shows the shape it was asked for."""
    return _shows(evidence, _asked_shape(evidence))


def _shows(evidence: Evidence, shape: Shape | None) -> bool:
    return shape is not None and any(
        size is not None and _has_shape(size, shape) for size in map(_size, _pictures(evidence))
    )


def _pictures(evidence: Evidence) -> Iterable[Picture]:
    return (item for event in evidence.events for item in event.pictures)


def _size(item: Picture) -> Shape | None:
    decoded = item.decoded
    return None if decoded is None or decoded.error is not None else decoded.shown_size


def _asked_shape(evidence: Evidence) -> Shape | None:
    width, height = (evidence.asked.members.get(name) for name in _SHAPE_MEMBERS)
    if isinstance(width, bool) or isinstance(height, bool):
        return None
    return (width, height) if isinstance(width, int) and isinstance(height, int) else None


def _is_telling(item: Picture) -> bool:
    """Whether it decodes and is no plain colour, which any request may show."""
    decoded = item.decoded
    if decoded is None or decoded.error is not None or not decoded.thumbnail:
        return False
    channels = (decoded.thumbnail[index::3] for index in range(3))
    return any(max(channel) - min(channel) >= _PLAIN_RANGE for channel in channels)


def _finals(usual: Sequence[Evidence], item: Evidence) -> frozenset[bytes]:
    """What its final shows, where it is marked, or comes after as many pictures as a whole generation has."""
    last, least = item.certain_final, max(2, min((len(_in_order(whole)) for whole in usual), default=2))
    if last is None or (last not in item.marked_finals and len(_in_order(item)) < least):
        return frozenset()
    return frozenset(map(_data, last.pictures))


def _in_order(item: Evidence) -> list[bytes]:
    return list(map(_data, _pictures(item)))
