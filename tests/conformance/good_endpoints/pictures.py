"""Pictures as good endpoints show them: previews that come nearer to a final picture.

Left out, because a SHOULD warns of it by design: previews larger than the final or in a heavier format (I07), of
another aspect ratio (I10), of noise alone (I11), and more than half of them the same (I06).
"""

import io
from dataclasses import dataclass

from hypothesis import strategies as st
from PIL import Image

from conformance.samples import picture_bytes, picture_url
from conformance.stream.payload import Json

__all__ = ["Gallery", "galleries"]

_HEAVIER_LAST = ("WEBP", "JPEG", "PNG")
_ADDRESSES = (
    "https://v3.fal.media/files/lion/{0}.{1}",
    "http://127.0.0.1:8000/files/{0}.{1}",
    "https://storage.example/preview.{1}?X-Signature=a%2Fb&version={0}",
)
_INLINE = "inline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Every picture of a stream, as members of its payloads.

    Attributes:
        previews: The pictures of each preview.
        final: The pictures of the final event.
    """

    previews: tuple[tuple[Json, ...], ...]
    final: tuple[Json, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How the pictures of one kind of event are made and described."""

    width: int
    height: int
    image_format: str
    quality: int
    place: str
    has_size: bool
    extra: dict[str, Json]
    type_as_written: str

    def painted(self, progress: float, noise: float, hue: int) -> bytes:
        return picture_bytes(
            round(progress, 3),
            width=self.width,
            height=self.height,
            image_format=self.image_format,
            quality=self.quality,
            noise=round(noise, 3),
            hue=hue,
        )

    def black(self) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (self.width, self.height)).save(file, self.image_format)
        return file.getvalue()

    def object(self, name: str, data: bytes) -> Json:
        media_type = f"image/{self.image_format.lower()}"
        address = self.place.format(name, self.image_format.lower())
        url = picture_url(data, media_type) if self.place == _INLINE else address
        size: dict[str, Json] = {"width": self.width, "height": self.height} if self.has_size else {}
        return {"url": url, "content_type": self.type_as_written.format(media_type), **size, **self.extra}


@st.composite
def galleries(draw: st.DrawFn, count: int, *, is_withheld: bool) -> Gallery:
    """The pictures of a stream with so many previews; black ones at the end where a safety checker withholds them."""
    pictures = draw(st.sampled_from((1, 1, 1, 2, 3)))
    large = count <= 5 and draw(st.integers(0, 9)) == 0
    sides = st.integers(120, 256) if large else st.integers(16, 48)
    width, height = draw(sides), draw(sides)
    # The sides of fewer pixels cannot be rounded without another aspect ratio.
    smaller = min(draw(st.sampled_from((1, 1, 2, 4))), min(width, height) // 8)
    formats = sorted(draw(st.tuples(*[st.sampled_from(_HEAVIER_LAST)] * 2)), key=_HEAVIER_LAST.index)
    shown = draw(_looks(round(width / smaller), round(height / smaller), formats[0], quality=60))
    last = draw(_looks(width, height, formats[1], quality=95))
    # Noise is what formats cannot make small: such previews would be heavier than a final without it.
    noises = (0.0,) if formats[0] == "PNG" else (0.0, 0.05) if large else (0.0, 0.1, 0.2)
    noise = draw(st.sampled_from(noises))
    start, held = draw(st.sampled_from((0.0, 0.2, 0.6))), draw(st.integers(1, max(1, count // 3)))
    shares = [(number // held * held + 1) / (count + 1) for number in range(count)]
    return Gallery(
        previews=tuple(
            tuple(
                shown.object(
                    f"p{number}-{hue}", shown.painted(start + (1 - start) * share, noise * (1 - share), 25 * hue)
                )
                for hue in range(pictures)
            )
            for number, share in enumerate(shares)
        ),
        final=tuple(
            last.object(f"final-{hue}", last.black() if is_withheld else last.painted(1.0, 0.0, 25 * hue))
            for hue in range(pictures)
        ),
    )


@st.composite
def _looks(draw: st.DrawFn, width: int, height: int, image_format: str, *, quality: int) -> _Look:
    aliases = ("image/jpg",) if image_format == "JPEG" else ()
    return _Look(
        width=width,
        height=height,
        image_format=image_format,
        quality=quality,
        place=draw(st.sampled_from((*[_INLINE] * 6, *_ADDRESSES))),
        has_size=draw(st.booleans()),
        extra=draw(st.sampled_from(({}, {"file_data": None}, {"file_name": "a.png", "file_size": None}))),
        type_as_written=draw(st.sampled_from(("{0}", "{0}", *aliases))),
    )
