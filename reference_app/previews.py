"""Pictures as media objects: encoded, in a data URI; reduced for previews, whole for the result."""

import base64
import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from PIL import Image

from reference_app.events import Picture
from reference_app.generation_input import OutputFormat

# A PNG preview of 1024 pixels costs about ninety times the processor time of this and ten times its bytes.
_PREVIEW_QUALITY = 70
_FINAL_OPTIONS: Mapping[OutputFormat, Mapping[str, Any]] = MappingProxyType(
    {
        # High enough that the codec is not seen.
        OutputFormat.JPEG: {"quality": 95},
        OutputFormat.PNG: {"compress_level": 4},
        OutputFormat.WEBP: {"quality": 92, "method": 2},
    }
)


def preview_picture(image: Image.Image, *, longest_side: int) -> Picture:
    """A picture to glance at: a JPEG with no side above that many pixels, the proportions kept."""
    reduced = image.copy()
    reduced.thumbnail((longest_side, longest_side), Image.Resampling.BILINEAR)
    return _encoded(reduced, OutputFormat.JPEG, quality=_PREVIEW_QUALITY)


def final_picture(image: Image.Image, output_format: OutputFormat) -> Picture:
    """A picture to keep: full size, in the format that was asked for."""
    return _encoded(image, output_format, **_FINAL_OPTIONS[output_format])


def _encoded(image: Image.Image, output_format: OutputFormat, **options: Any) -> Picture:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, output_format.name, **options)
    text = base64.b64encode(buffer.getvalue()).decode("ascii")
    content_type = f"image/{output_format.value}"
    return Picture(
        url=f"data:{content_type};base64,{text}", content_type=content_type, width=image.width, height=image.height
    )
