"""What the servers tell: previews and a marked final picture, real pictures, each after its pause.

Written without the examiner's words, so that a mistake there cannot agree with itself.
"""

import base64
import io
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

PROMPT = "a sun over hills"
SIDE = 256
PAUSE_SECONDS = 0.3
FIRST_SECONDS = 0.1

Members = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Beat:
    """One thing that is sent, after a pause: an event, or a comment where there is no payload."""

    after_seconds: float = PAUSE_SECONDS
    payload: Members | None = None
    comment: str = "keep-alive"

    @property
    def wire(self) -> bytes:
        if self.payload is None:
            return f": {self.comment}\n\n".encode()
        return f"data: {json.dumps(self.payload)}\n\n".encode()


Story = tuple[Beat, ...]


@lru_cache(maxsize=64)
def painting(side: int = SIDE, turn: int = 0) -> Image.Image:
    """A sun over hills."""
    image = Image.linear_gradient("L").resize((side, side)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse((side // 2, side // 8, side * 3 // 4, side * 3 // 8), fill=(250, 200 - turn % 100, 60))
    for hill in range(4):
        left = (hill * 71 + turn) % 200 * side // 256 - side // 8
        draw.ellipse((left, side * 5 // 8, left + side // 2, side * 3 // 2), fill=(30, 90 + 25 * hill, 60))
    return image


@lru_cache(maxsize=64)
def snow(side: int = SIDE) -> Image.Image:
    """Coloured noise in squares of eight pixels, as latents of pure noise decode."""
    cells = side // 8
    grains = random.Random(side).randbytes(3 * cells * cells)
    return Image.frombytes("RGB", (cells, cells), grains).resize((side, side), Image.Resampling.NEAREST)


def unfinished(share: float, side: int = SIDE, turn: int = 0) -> Image.Image:
    """The painting as it looks at a share of the way: less and less blurred."""
    return painting(side, turn).filter(ImageFilter.GaussianBlur((1 - share) * side / 10))


def media(image: Image.Image, *, image_format: str = "JPEG", quality: int = 70) -> Members:
    """An image object with its bytes inline."""
    file = io.BytesIO()
    image.save(file, image_format, quality=quality)
    content_type = f"image/{image_format.lower()}"
    return {
        "url": f"data:{content_type};base64,{base64.b64encode(file.getvalue()).decode()}",
        "content_type": content_type,
        "width": image.width,
        "height": image.height,
    }


def preview(step: int, total: int, image: Members) -> Members:
    return {"type": "preview", "step": step, "total_steps": total, "image": image}


def final(*images: Members) -> Members:
    pictures = list(images) or [media(painting(), quality=95)]
    return {"type": "final", "images": pictures, "seed": 7, "prompt": PROMPT, "has_nsfw_concepts": [False]}


def usual(
    previews: int = 4,
    *,
    pause_seconds: float = PAUSE_SECONDS,
    first_seconds: float = FIRST_SECONDS,
    image_format: str = "JPEG",
    side: int = SIDE,
) -> Story:
    """Previews and then the final picture, evenly spaced but for the first."""
    shown = [
        preview(step, previews, media(unfinished(step / (previews + 1), side), image_format=image_format))
        for step in range(1, previews + 1)
    ]
    last = final(media(painting(side), image_format=image_format, quality=95))
    return told([*shown, last], pause_seconds=pause_seconds, first_seconds=first_seconds)


def told(
    payloads: Iterable[Members], *, pause_seconds: float = PAUSE_SECONDS, first_seconds: float = FIRST_SECONDS
) -> Story:
    """Payloads as beats, evenly spaced but for the first."""
    return tuple(
        Beat(after_seconds=pause_seconds if index else first_seconds, payload=payload)
        for index, payload in enumerate(payloads)
    )


def objection(body: bytes) -> Members | None:
    """What is wrong with a request, in the words of FastAPI; None where nothing is."""
    try:
        asked = json.loads(body)
    except ValueError:
        return {"detail": [{"type": "json_invalid", "loc": ["body"], "msg": "JSON decode error"}]}
    if isinstance(asked, dict) and isinstance(asked.get("prompt"), str):
        return None
    message = "Input should be a valid string"
    return {"detail": [{"type": "string_type", "loc": ["body", "prompt"], "msg": message}]}
