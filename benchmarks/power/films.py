"""What the pictures of a stream show: estimates of the finished picture, or something else.

A picture is a sum of octaves, coarse ones strongest, as in photographs. The estimate that a model gives of it at an
early step has the coarse ones only, in the tint of a small decoder. One pixel stands for one latent, eight pixels.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops

from conformance.core import Transcript
from conformance.samples import event, final, picture, preview, stream

__all__ = ["Film", "Show", "backwards", "estimates", "filmed", "frozen", "latents", "of_another"]

_PIXELS_A_LATENT = 8
_USUAL_SIDES = (256, 512, 768, 1024)


@dataclass(frozen=True, kw_only=True)
class Film:
    """The picture of one generation.

    Attributes:
        octaves: The picture's detail, one image a scale, coarse to fine, each around grey.
        tint: What a small decoder makes of red, green and blue.
        quality: JPEG quality of its previews.
    """

    octaves: tuple[Image.Image, ...]
    tint: tuple[float, float, float]
    quality: int

    @classmethod
    def drawn(cls, draw: Random, side: int) -> "Film":
        """A picture of one's own, so many latents a side: smooth or with much texture."""
        strength, falloff = draw.uniform(0.5, 0.9), draw.uniform(0.45, 0.8)
        scales = [scale for scale in (2, 4, 8, 16, 32, 64, 128) if scale <= side]
        octaves = tuple(_grain(draw, scale, side, strength * falloff**place) for place, scale in enumerate(scales))
        red, green, blue = (draw.uniform(0.85, 1.1) for _ in range(3))
        return cls(octaves=octaves, tint=(red, green, blue), quality=draw.choice((50, 60, 80)))

    @property
    def side(self) -> int:
        """Pixels across."""
        return self.octaves[0].width

    def estimate(self, progress: float) -> Image.Image:
        """What the model expects of the finished picture when that share of the steps is done."""
        done = 1 + progress * (len(self.octaves) - 1)
        total = grey = _grey(self.side)
        for index, octave in enumerate(self.octaves):
            weighted = Image.blend(grey, octave, min(max(done - index, 0.0), 1.0))
            total = ImageChops.add(total, weighted, offset=-128)
        return total

    def decoded(self, image: Image.Image) -> Image.Image:
        """The image as a small decoder gives it."""
        bands = zip(image.split(), self.tint, strict=True)
        return Image.merge("RGB", [band.point([min(int(v * tint), 255) for v in range(256)]) for band, tint in bands])


Show = Callable[[Random, Film, list[float]], list[Image.Image]]
"""From a film and the progress at each preview to what the previews show."""


def estimates(draw: Random, film: Film, progress: list[float]) -> list[Image.Image]:
    """What the model expects at each step, as it should be; a distilled one is nearly done at the first."""
    sharp = draw.choice((0.0, 0.0, 0.7))
    return [film.decoded(film.estimate(sharp + (1 - sharp) * share)) for share in progress]


def latents(draw: Random, film: Film, progress: list[float]) -> list[Image.Image]:
    """The latents of each step with the noise that they still have."""
    noise = [_grain(draw, film.side, film.side, 1.0) for _ in progress]
    return [
        film.decoded(Image.blend(film.estimate(share), grain, (1 - share) ** 0.5))
        for share, grain in zip(progress, noise, strict=True)
    ]


def frozen(draw: Random, film: Film, progress: list[float]) -> list[Image.Image]:
    """One frame again and again."""
    return [film.decoded(film.estimate(0.5))] * len(progress)


def backwards(draw: Random, film: Film, progress: list[float]) -> list[Image.Image]:
    """From the finished picture to nothing."""
    return [film.decoded(film.estimate(1 - share)) for share in progress]


def of_another(draw: Random, film: Film, progress: list[float]) -> list[Image.Image]:
    """The previews of another request."""
    other = Film.drawn(draw, film.side)
    return [other.decoded(other.estimate(share)) for share in progress]


def filmed(
    draw: Random, repeat: int, *, show: Show, sides_pixels: tuple[int, ...] = _USUAL_SIDES
) -> tuple[Transcript, ...]:
    """One generation of three to ten previews."""
    film = Film.drawn(draw, draw.choice(sides_pixels) // _PIXELS_A_LATENT)
    count = draw.randint(3, 10)
    shown = show(draw, film, [step / count for step in range(1, count + 1)])
    last = final(images=[picture(_encoded(film.estimate(1.0), 95))])
    frames = (picture(_encoded(image, film.quality)) for image in shown)
    return (stream(*(event(preview(step, count, image=frame)) for step, frame in enumerate(frames, 1)), event(last)),)


def _encoded(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def _grain(draw: Random, scale: int, side: int, strength: float) -> Image.Image:
    """Random colours in so many fields a side, softly joined, with that share of the full contrast."""
    fields = Image.frombytes("RGB", (scale, scale), draw.randbytes(3 * scale * scale))
    return Image.blend(_grey(side), fields.resize((side, side), Image.Resampling.BICUBIC), strength)


def _grey(side: int) -> Image.Image:
    return Image.new("RGB", (side, side), (128, 128, 128))
