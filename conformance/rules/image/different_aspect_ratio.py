"""I10: previews have the final picture's aspect ratio."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Transcript
from conformance.samples import event, final, good_events, picture, picture_bytes, preview, stream
from conformance.signs.frames import decoded_film, finding_at
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json

_Size = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What still counts as the same ratio.

    Attributes:
        rounding_pixels: By how many pixels a side may be rounded.
        tolerated_deviation: How far the ratio may be off beside that, as a share.
    """

    rounding_pixels: int = 1
    tolerated_deviation: float = 0.02


def _object(width: int, height: int, progress: float = 1.0) -> dict[str, Json]:
    data = picture_bytes(progress, width=width, height=height)
    return picture(data, width=width, height=height)


def _shown(previews: _Size, last: _Size, count: int = 1) -> Transcript:
    shown = (preview(step, 2, image=_object(*previews, 0.4 * step)) for step in (1, 2))
    return stream(*map(event, shown), event(final(images=[_object(*last)] * count)))


@rule(
    id="I10",
    name="different-aspect-ratio",
    requirement="Each preview has the aspect ratio of the final picture.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="A preview stands where the final will stand. Scaling down rounds each side by up to a pixel, and a "
    "model may round a side up and crop it at the end, so a pixel and two hundredths are let through. Sizes are "
    "those that viewers show, after EXIF rotation. Events that show another number of pictures than the final "
    "(a grid before a list) cannot be compared.",
    consequence="The picture jumps or is stretched when the final replaces the preview.",
    fix="Scale previews with image.thumbnail((side, side)), which keeps the ratio, instead of a fixed size.",
    requires=("I04",),
    options=Options(),
    passes=lambda: (
        sample("one size for all", stream(*good_events())),
        sample("smaller previews", _shown((48, 32), (96, 64))),
        sample("a side rounded by a pixel", _shown((33, 19), (128, 72))),
        sample("a side that the model rounded up", _shown((240, 136), (240, 135))),
        sample("a strip of pictures before a list of them", _shown((64, 32), (64, 64), count=2)),
    ),
    fails=lambda: (
        sample("square previews of a wide picture", _shown((32, 32), (96, 64))),
        sample("portrait previews of a landscape", _shown((32, 48), (96, 64))),
    ),
)
def check(generation: Evidence, options: Options) -> Iterator[Finding]:
    """Compare each picture of a preview with the final's at its place."""
    film = decoded_film(generation, least=1)
    lasts = [item.shown_size for item in film.final.decoded]
    yield from first_few(
        finding_at(
            generation, frame, f"the preview is {_named(size)}, expected the ratio of the final's {_named(last)}"
        )
        for frame in film.previews
        for size, last in zip((item.shown_size for item in frame.decoded), lasts, strict=True)
        if not _alike(size, last, options)
    )


def _alike(size: _Size, last: _Size, options: Options) -> bool:
    (width, height), (last_width, last_height) = size, last
    # width / height and last_width / last_height, both multiplied by the two heights.
    off = abs(width * last_height - height * last_width)
    rounding = options.rounding_pixels * (last_width + last_height)
    return off <= max(rounding, options.tolerated_deviation * height * last_width)


def _named(size: _Size) -> str:
    return f"{size[0]} x {size[1]}"
