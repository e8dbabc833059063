"""I05: width and height say how large the picture is."""

from collections.abc import Iterator
from functools import cache

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, picture, picture_bytes, preview, stream
from conformance.signs.frames import locate
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json
from conformance.stream.picture import DecodedPicture, Picture

_FIELDS = ("width", "height")


@cache
def _wide_jpegs() -> tuple[bytes, ...]:
    return tuple(picture_bytes(progress, width=48) for progress in (0.4, 0.8, 1.0))


def _turned(data: bytes) -> bytes:
    # An APP1 segment with EXIF orientation 6, "show it turned by a quarter", right after a JPEG's first marker.
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    return data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]


def _wide(*encoded: bytes, **members: Json) -> Transcript:
    *early, last = (picture(data, **members) for data in encoded)
    shown = (preview(step, len(early), image=item) for step, item in enumerate(early, start=1))
    return stream(*map(event, shown), event(final(images=[last], width=1024, height=1024)))


@rule(
    id="I05",
    name="mismatched-size-fields",
    requirement="Where a picture has width and height, they are the size of its pixels.",
    level=Level.SHOULD,
    basis=Basis.FAL,
    reference="https://fal.ai/docs/documentation/development/handle-inputs-and-outputs",
    rationale="The fields are optional, so nobody is stopped by a wrong one, but whoever reads them lays out a page "
    "by them. The size before and after an EXIF rotation are both right. The final event is judged too.",
    consequence="A gallery that reserves room by width and height shows previews stretched, or the page jumps.",
    fix="Take width and height from the image that is encoded, after any resize, not from the request.",
    requires=("I04",),
    passes=lambda: (
        sample("sizes that are right", stream(*good_events())),
        sample("no sizes at all", _wide(*_wide_jpegs(), width=None, height=None)),
        sample("the size of a wide picture", _wide(*_wide_jpegs(), width=48)),
        sample("the stored size of a turned picture", _wide(*map(_turned, _wide_jpegs()), width=48)),
        sample("the shown size of a turned picture", _wide(*map(_turned, _wide_jpegs()), height=48)),
    ),
    fails=lambda: (
        sample("1024 claimed, 48 by 32 sent", _wide(*_wide_jpegs(), width=1024, height=1024)),
        sample("width and height swapped", _wide(*_wide_jpegs(), width=32, height=48)),
        sample("the height alone, and wrong", _wide(*_wide_jpegs(), width=None, height=48)),
        sample(
            "only the final's size is wrong",
            stream(*good_events()[:-1], event(final(images=[picture(picture_bytes(quality=95), width=64, height=64)]))),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare the fields that are there with the pixels, for every inline picture."""
    sized = [
        (event, item, item.decoded)
        for event in generation.events
        for item in event.pictures
        if item.decoded is not None and item.decoded.error is None and _claims(item)
    ]
    if not sized:
        raise NotApplicable("fewer than 1 inline picture with width or height: 0")
    yield from first_few(_finding(generation, *found) for found in sized if not _agree(found[1], found[2]))


def _claims(item: Picture) -> dict[str, float]:
    values = {name: item.members.get(name) for name in _FIELDS}
    return {
        name: value for name, value in values.items() if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _agree(item: Picture, decoded: DecodedPicture) -> bool:
    claims = _claims(item)
    sizes = (dict(zip(_FIELDS, size, strict=True)) for size in ((decoded.width, decoded.height), decoded.shown_size))
    return any(claims.items() <= size.items() for size in sizes)


def _finding(generation: Evidence, event: Event, item: Picture, decoded: DecodedPicture) -> Finding:
    said = " and ".join(f"{name} {value}" for name, value in _claims(item).items())
    return generation.finding(
        f"{item.path} says {said}, but its pixels are {decoded.width} x {decoded.height}",
        event=event,
        offset=locate(generation, event, *(f'"{name}"' for name in _claims(item)), f'"{item.name}"'),
    )
