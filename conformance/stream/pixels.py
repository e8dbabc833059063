"""What a picture's bytes really are: decoded by Pillow, within bounds.

A few bytes can claim any number of pixels, and a stream can hold any number of pictures, so what is decoded of one
stream is limited.
"""

import io
import warnings
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import PIL.Image

__all__ = ["DecodedPicture", "DecodingBudget", "ShrunkenPicture", "decode", "readable_types", "shrunken"]

# What browsers show. Pillow reads many more, of which one (EPS) would start Ghostscript on the endpoint's bytes.
_FORMATS = ("PNG", "JPEG", "MPO", "WEBP", "GIF", "AVIF", "BMP")
_MIME_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg"}
# A preview of more pixels than this is an attack on the checker's memory, not a picture.
_MOST_PIXELS = 64 * 1024 * 1024
# Each scan of a progressive JPEG passes over all of its pixels, and a few bytes make one; encoders write about ten.
_START_OF_SCAN = b"\xff\xda"
_USUAL_SCANS = 16
_THUMBNAIL_SIDE = 32
# A JPEG of many pixels is read in full and drawn small, though never smaller than this: twice as fast, and
# thumbnails hardly differ.
_LEAST_DRAWN_SIDE = 8 * _THUMBNAIL_SIDE
_SAME_COLOUR = 2
_SHRUNKEN_QUALITY = 80
_EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True, kw_only=True)
class DecodedPicture:
    """What a picture's bytes turned out to be.

    Attributes:
        media_type: The type that the bytes show, such as ``image/jpeg``; empty when unknown.
        width: Pixels across.
        height: Pixels down.
        is_turned: Whether its EXIF orientation has viewers show it turned by a quarter.
        thumbnail: 32 x 32 RGB bytes, for comparing pictures of different sizes; empty on error.
        error: Why the picture does not decode completely, or None.
    """

    media_type: str = ""
    width: int = 0
    height: int = 0
    is_turned: bool = False
    thumbnail: bytes = b""
    error: str | None = None

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height as a viewer shows it."""
        return (self.height, self.width) if self.is_turned else (self.width, self.height)

    @property
    def is_plain(self) -> bool:
        """Whether it is of one colour, but for what a lossy format makes of it."""
        return all(max(values) - min(values) <= _SAME_COLOUR for values in (self.thumbnail[i::3] for i in range(3)))

    def distance(self, other: "DecodedPicture") -> float:
        """Root mean square difference of the thumbnails, from 0 (the same) to 1 (black against white)."""
        squares = sum((a - b) ** 2 for a, b in zip(self.thumbnail, other.thumbnail, strict=True))
        return float((squares / len(self.thumbnail)) ** 0.5 / 255)

    @cached_property
    def roughness(self) -> float:
        """Root mean square difference of neighbouring thumbnail pixels, 0 to 1: high for noise."""
        row = _THUMBNAIL_SIDE * 3
        pixels = self.thumbnail
        across = [pixels[i + 3] - pixels[i] for i in range(len(pixels) - 3) if i % row < row - 3]
        return float((sum(d * d for d in across) / len(across)) ** 0.5 / 255)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShrunkenPicture:
    """A picture drawn small.

    Attributes:
        jpeg: The drawing.
        width: Pixels across of the picture itself, before its EXIF turns it.
        height: Pixels down of the picture itself.
    """

    jpeg: bytes
    width: int
    height: int


@dataclass(slots=True, kw_only=True)
class DecodingBudget:
    """How much may still be decoded of one stream; pictures past it are taken for pictures that are not inline.

    Attributes:
        pictures: How many pictures.
        pixels: How many pixels of them, counted once for every sixteen passes over them.
    """

    pictures: int = 4000
    pixels: int = 1_000_000_000

    def takes_picture(self) -> bool:
        """Whether one more picture may be decoded; it is then counted."""
        if self.pictures <= 0 or self.pixels <= 0:
            return False
        self.pictures -= 1
        return True

    def takes_pixels(self, data: bytes, *, width: int, height: int) -> bool:
        """Whether its pixels may be decoded; they are counted in any case."""
        self.pixels -= width * height * (1 + data.count(_START_OF_SCAN) // _USUAL_SCANS)
        return self.pixels >= 0


def decode(data: bytes, budget: DecodingBudget) -> DecodedPicture | None:
    """Decode a picture completely, or say why it does not decode; None when the budget is spent."""
    # Pillow takes tens of milliseconds to import, which a check that sees no picture should not pay.
    from PIL import Image, ImageFile

    if ImageFile.LOAD_TRUNCATED_IMAGES:
        raise RuntimeError("Pillow is set to tolerate truncated pictures, which would hide faults")
    if not budget.takes_picture():
        return None
    media_type, width, height, is_turned = "", 0, 0, False
    try:
        with _opened(data) as image:
            media_type = _MIME_TYPES.get(image.format or "") or Image.MIME.get(image.format or "", "")
            width, height = image.size
            if width * height > _MOST_PIXELS:
                return DecodedPicture(
                    media_type=media_type, width=width, height=height, error=f"{width} x {height} pixels"
                )
            if not budget.takes_pixels(data, width=width, height=height):
                return None
            is_turned = image.getexif().get(_EXIF_ORIENTATION) in (5, 6, 7, 8)
            image.draft(None, (_LEAST_DRAWN_SIDE, _LEAST_DRAWN_SIDE))
            thumbnail = (
                _in_eight_bits(image).convert("RGB").resize((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE), Image.Resampling.BOX)
            )
    except Exception as error:
        return DecodedPicture(media_type=media_type, width=width, height=height, error=_one_line(error))
    return DecodedPicture(
        media_type=media_type, width=width, height=height, is_turned=is_turned, thumbnail=thumbnail.tobytes()
    )


def shrunken(data: bytes, budget: DecodingBudget, *, longest_side: int) -> ShrunkenPicture | None:
    """A picture drawn small for people to look at: turned as its EXIF says, on white where it is transparent.

    None where it does not decode completely, or the budget is spent. Nothing of its bytes is passed on as it is.
    """
    from PIL import Image, ImageOps

    if not budget.takes_picture():
        return None
    try:
        with _opened(data) as image:
            width, height = image.size
            if not budget.takes_pixels(data, width=width, height=height) or width * height > _MOST_PIXELS:
                return None
            image.draft(None, (2 * longest_side, 2 * longest_side))
            shown = ImageOps.exif_transpose(_in_eight_bits(image)).convert("RGBA")
        shown.thumbnail((longest_side, longest_side), Image.Resampling.BICUBIC)
        page = Image.new("RGB", shown.size, "white")
        page.paste(shown, mask=shown)
        written = io.BytesIO()
        page.save(written, "JPEG", quality=_SHRUNKEN_QUALITY)
    except Exception:  # an endpoint's bytes make Pillow raise nearly anything; decode() says why
        return None
    return ShrunkenPicture(jpeg=written.getvalue(), width=width, height=height)


def _in_eight_bits(image: "PIL.Image.Image") -> "PIL.Image.Image":
    """Greys of 16 bits (depth maps) scaled to 8, which Pillow would clip to white."""
    return image.point(lambda grey: grey * (1 / 256)).convert("L") if image.mode.startswith("I;16") else image


def _opened(data: bytes) -> "PIL.Image.Image":
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
        return Image.open(io.BytesIO(data), formats=_formats())


@lru_cache(maxsize=1)
def _formats() -> tuple[str, ...]:
    from PIL import Image

    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


@lru_cache(maxsize=1)
def readable_types() -> frozenset[str]:
    """The media types that can be decoded."""
    from PIL import Image

    return frozenset(_MIME_TYPES.get(name) or Image.MIME[name] for name in _formats())


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    # Pillow names the in-memory file by its address, which says nothing.
    return text.partition(" <_io")[0]
