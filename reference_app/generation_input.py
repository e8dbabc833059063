"""What a request may ask for, described field by field for fal's Playground.

The Playground builds its form from this: both bounds make a slider, an enum a list, a name that ends in `seed` a button
that draws one. Only required and `important` fields are open; the others fold under additional settings, and hidden
ones are for programs. Source: fal's documentation, "Handle inputs and outputs".
"""

import secrets
from enum import StrEnum
from typing import Any

from fal.toolkit.pydantic import FalBaseModel, Hidden
from pydantic import ConfigDict, Field

from reference_app.events import LARGEST_EXACT_INTEGER

__all__ = ["GenerationInput", "OutputFormat"]

_DRAWN_SEEDS = 2**32
_LATENT_PIXELS = 8
_MOST_IMAGES = 4
_IMPORTANT: dict[str, Any] = {"ui": {"important": True}}


class OutputFormat(StrEnum):
    """How a finished picture is encoded."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


class GenerationInput(FalBaseModel):
    """The body of a POST to `/stream` and to `/`.

    Unknown fields are refused: a misspelt one, silently ignored, is a GPU's time paid for a picture nobody asked for.
    """

    # A NaN guidance scale would pass the bounds of no comparison and reach the model.
    model_config = ConfigDict(allow_inf_nan=False, extra="forbid")

    prompt: str = Field(
        min_length=1,
        max_length=2000,
        description="What the picture should show. The text encoders read the first 77 tokens.",
        examples=["a lighthouse above a stormy sea, oil painting", "a sunset over the sea"],
    )
    negative_prompt: str = Field(
        default="",
        max_length=2000,
        description="What the picture should not show. Empty means no negative guidance.",
        examples=["blurry, low quality"],
        json_schema_extra={"ui": {"important": True, "field": "textarea"}},
    )
    width: int | None = Field(
        default=None,
        ge=64,
        le=1536,
        multiple_of=_LATENT_PIXELS,
        description="Width of the picture in pixels, a multiple of 8. Default: the model's native width.",
        examples=[1024, 512],
        json_schema_extra=_IMPORTANT,
    )
    height: int | None = Field(
        default=None,
        ge=64,
        le=1536,
        multiple_of=_LATENT_PIXELS,
        description="Height of the picture in pixels, a multiple of 8. Default: the model's native height.",
        examples=[1024, 512],
        json_schema_extra=_IMPORTANT,
    )
    num_images: int = Field(
        default=1,
        ge=1,
        le=_MOST_IMAGES,
        description="Pictures to draw at once: the first with `seed`, the next with `seed + 1`, and so on. "
        "Previews show the first.",
        examples=[1, 4],
    )
    num_inference_steps: int = Field(
        default=30,
        ge=1,
        le=100,
        description="Denoising steps. More steps take proportionally longer.",
        examples=[30, 20],
    )
    guidance_scale: float | None = Field(
        default=None,
        ge=0.0,
        le=20.0,
        description="How strongly the prompt steers the picture (classifier-free guidance). "
        "Default: what suits the model.",
        examples=[5.0],
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        # The last picture's seed has to be exact as well.
        le=LARGEST_EXACT_INTEGER - (_MOST_IMAGES - 1),
        description="The same seed and the same input give the same picture. Default: drawn at random, and "
        "reported with the result.",
        examples=[42],
    )
    output_format: OutputFormat = Field(
        default=OutputFormat.JPEG,
        description="Encoding of the finished pictures. Previews are always JPEG.",
        examples=[OutputFormat.JPEG, OutputFormat.PNG],
    )
    preview_every_steps: int = Field(
        default=5,
        ge=1,
        le=100,
        description="A preview follows the first step and then every so many steps.",
        examples=[5, 1],
    )
    preview_size: int | None = Field(
        default=None,
        ge=64,
        le=1024,
        description="Longest side of a preview in pixels. Default: half of the picture's, which costs a quarter.",
        examples=[512, 256],
    )
    min_preview_interval_seconds: float = Hidden(
        Field(
            default=0.125,
            ge=0.0,
            le=10.0,
            description="Least time between two previews in seconds. A preview that comes sooner is skipped.",
            examples=[0.125],
        )
    )

    def seed_or_drawn(self) -> int:
        """The seed that was asked for, or a fresh one below 2^32."""
        return secrets.randbelow(_DRAWN_SEEDS) if self.seed is None else self.seed
