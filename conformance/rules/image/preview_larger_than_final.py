"""I07: a preview costs no more than the final picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.core.timing import quantile
from conformance.samples import event, final, good_events, picture, picture_bytes, picture_url, preview, stream
from conformance.signs.frames import Frame, finding_at, frame_of
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What still counts as no larger.

    Attributes:
        tolerated_pixel_excess: How many more pixels than the final a preview may have, as a share.
        ignored_below_bytes: Previews of fewer bytes than this are never too large.
        ignored_below_bits_a_pixel: Nor are those that take fewer bits for each of their pixels.
    """

    tolerated_pixel_excess: float = 0.1
    ignored_below_bytes: int = 16_384
    ignored_below_bits_a_pixel: float = 4.0


def _object(side: int, progress: float, image_format: str = "JPEG", noise: float = 0.0) -> Json:
    data = picture_bytes(progress, width=side, height=side, image_format=image_format, noise=noise)
    media_type = f"image/{image_format.lower()}"
    return picture(data, url=picture_url(data, media_type), content_type=media_type, width=side, height=side)


def _shown(*images: Json, last: Json = None) -> Transcript:
    shown = (preview(step, len(images), image=item) for step, item in enumerate(images, start=1))
    return stream(*map(event, shown), event(final(images=[last] if last else None) if last else final()))


@cache
def _grid() -> Json:
    return [_object(32, share) for share in (1.0, 0.95, 0.9, 0.85)]


@rule(
    id="I07",
    name="preview-larger-than-final",
    requirement="A preview has no more pixels than the final picture, and previews have no more bytes.",
    level=Level.SHOULD,
    basis=Basis.OPERATIONS,
    reference="https://fal.ai/docs/documentation/development/streaming",
    rationale="A preview is looked at for a moment; fal advises lower quality or resolution and sends previews as "
    "JPEG of quality 60 or 70 before a final of 95. Pixels and bytes are counted over all pictures of an event. A "
    "tenth more pixels is let through, for models that round the size up and crop at the end. Noise compresses "
    "badly, so bytes are judged by the middle preview of two or more, and pictures under 16 KiB, where headers and "
    "formats decide, are never too large. Nor are those under 4 bits a pixel, which is what a JPEG as advised takes "
    "for busy pictures: a final of flat colours or in a better format may be smaller still.",
    consequence="Previews arrive late and the final later still: on a slow line they are what people wait for.",
    fix='Encode previews with image.save(buffer, "JPEG", quality=60), scaled down if the final is large.',
    requires=("I04",),
    options=Options(),
    passes=lambda: (
        sample("previews of lower quality", stream(*good_events())),
        sample("tiny previews, where formats decide", _shown(*(_object(32, s, "PNG", 0.1) for s in (0.4, 0.8)))),
        sample(
            "a grid of all pictures before a list of them",
            stream(event(preview(1, 1, image=_object(64, 0.5))), event(final(images=_grid()))),
        ),
        sample(
            "a size rounded up, cropped at the end", _shown(_object(128, 0.4), _object(128, 0.8), last=_object(125, 1))
        ),
        sample(
            "previews as JPEG before a final of flat colours as PNG",
            _shown(*(_object(288, share, noise=0.3) for share in (0.4, 0.8)), last=_object(288, 1, "PNG")),
        ),
        sample(
            "a first preview of noise, which compresses badly",
            _shown(
                *(_object(192, share, noise=noise) for share, noise in ((0.2, 0.9), (0.5, 0.0), (0.8, 0.0))),
                last=_object(192, 1),
            ),
        ),
    ),
    fails=lambda: (
        sample("previews of twice the side", _shown(*(_object(64, share) for share in (0.4, 0.8)))),
        sample(
            "PNG previews of a JPEG",
            _shown(*(_object(160, share, "PNG", 0.1) for share in (0.4, 0.8)), last=_object(160, 1)),
        ),
    ),
)
def check(generation: Evidence, options: Options) -> Iterator[Finding]:
    """Compare pixels event by event, bytes by the middle preview."""
    last = generation.certain_final
    final_frame = frame_of(generation, last) if last else None
    frames = [frame for frame in (frame_of(generation, event) for event in generation.previews) if frame.decoded]
    if final_frame is None or not final_frame.decoded:
        raise NotApplicable("there is no final event whose pictures are inline and whole")
    if not frames:
        raise NotApplicable("fewer than 1 preview whose pictures are inline and whole: 0")
    yield from first_few(_with_more_pixels(generation, frames, final_frame, options))
    yield from _with_more_bytes(generation, frames, final_frame, options)


def _with_more_pixels(generation: Evidence, frames: list[Frame], last: Frame, options: Options) -> Iterator[Finding]:
    budget = _pixels(last)
    for frame in frames:
        if _pixels(frame) > budget * (1 + options.tolerated_pixel_excess):
            message = f"the preview has {_pixels(frame)} pixels, expected no more than the final's {budget}"
            yield finding_at(generation, frame, message)


def _with_more_bytes(generation: Evidence, frames: list[Frame], last: Frame, options: Options) -> Iterator[Finding]:
    middle, heaviest = quantile([_bytes(frame) for frame in frames], 0.5), max(frames, key=_bytes)
    density = quantile([8 * _bytes(frame) / _pixels(frame) for frame in frames], 0.5)
    is_heavy = middle >= options.ignored_below_bytes and density >= options.ignored_below_bits_a_pixel
    if len(frames) > 1 and middle > _bytes(last) and is_heavy:
        yield finding_at(
            generation,
            heaviest,
            f"the middle one of {len(frames)} previews has {middle} bytes of picture, the largest {_bytes(heaviest)}, "
            f"expected no more than the final's {_bytes(last)}",
        )


def _pixels(frame: Frame) -> int:
    return sum(item.width * item.height for item in frame.decoded)


def _bytes(frame: Frame) -> int:
    return sum(len(item.data_uri.data) for item in frame.pictures if item.data_uri is not None)
