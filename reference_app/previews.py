"""Pictures as media objects: JPEG in a data URI, reduced for previews and whole for the result."""

import base64
import io

from PIL import Image

from reference_app.schema import Picture

_JPEG = "image/jpeg"
# A PNG preview of 1024 pixels costs about ninety times the processor time of this and ten times its bytes.
_PREVIEW_QUALITY = 70
_PREVIEW_MAX_SIDE_PIXELS = 512
_FINAL_QUALITY = 95


def preview_picture(image: Image.Image) -> Picture:
    """A picture to glance at: no side above 512 pixels, the proportions kept."""
    reduced = image.copy()
    reduced.thumbnail((_PREVIEW_MAX_SIDE_PIXELS, _PREVIEW_MAX_SIDE_PIXELS), Image.Resampling.BILINEAR)
    return _jpeg(reduced, quality=_PREVIEW_QUALITY)


def final_picture(image: Image.Image) -> Picture:
    """A picture to keep: full size, and quality high enough that the codec is not seen."""
    return _jpeg(image, quality=_FINAL_QUALITY)


def _jpeg(image: Image.Image, *, quality: int) -> Picture:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=quality)
    text = base64.b64encode(buffer.getvalue()).decode("ascii")
    return Picture(url=f"data:{_JPEG};base64,{text}", content_type=_JPEG, width=image.width, height=image.height)
