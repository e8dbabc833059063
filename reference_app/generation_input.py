"""What a request may ask for, described field by field for fal's Playground."""

import secrets
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

# JavaScript clients read every number as a double: larger integers would be rounded without a word.
LARGEST_EXACT_INTEGER = 2**53 - 1
_DRAWN_SEEDS = 2**32
_LATENT_PIXELS = 8
_MOST_IMAGES = 4


class OutputFormat(StrEnum):
    """How the finished picture is encoded."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


class GenerationInput(BaseModel):
    """The body of a POST to `/stream` and to `/`. Unknown fields are refused: a misspelt one would cost GPU time."""

    # A NaN guidance scale would pass the bounds of no comparison and reach the model.
    model_config = ConfigDict(allow_inf_nan=False, extra="forbid")

    prompt: str = Field(
        min_length=1,
        max_length=2000,
        description="What the picture should show. The text encoders read the first 77 tokens.",
        examples=["a lighthouse above a stormy sea, oil painting"],
    )
    negative_prompt: str = Field(
        default="",
        max_length=2000,
        description="What the picture should not show. Empty means no negative guidance.",
        examples=["blurry, low quality"],
    )
    num_inference_steps: int = Field(
        default=30,
        ge=1,
        le=100,
        description="Denoising steps. More steps take proportionally longer.",
        examples=[30],
    )
    guidance_scale: float | None = Field(
        default=None,
        ge=0.0,
        le=20.0,
        description="How strongly the prompt steers the picture (classifier-free guidance). "
        "Default: what suits the model.",
        examples=[5.0],
    )
    width: int | None = Field(
        default=None,
        ge=64,
        le=1536,
        multiple_of=_LATENT_PIXELS,
        description="Width of the picture in pixels, a multiple of 8. Default: the model's native width.",
        examples=[1024],
    )
    height: int | None = Field(
        default=None,
        ge=64,
        le=1536,
        multiple_of=_LATENT_PIXELS,
        description="Height of the picture in pixels, a multiple of 8. Default: the model's native height.",
        examples=[1024],
    )
    num_images: int = Field(
        default=1,
        ge=1,
        le=_MOST_IMAGES,
        description="Pictures to draw at once: the first with `seed`, the next with `seed + 1`, and so on. "
        "Previews show the first.",
        examples=[1],
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=LARGEST_EXACT_INTEGER - _MOST_IMAGES,
        description="The same seed and the same input give the same picture. Default: drawn at random, and "
        "reported with the result.",
        examples=[42],
    )
    output_format: OutputFormat = Field(
        default=OutputFormat.JPEG, description="Encoding of the finished pictures. Previews are always JPEG."
    )
    preview_every_steps: int = Field(
        default=5,
        ge=1,
        le=100,
        description="A preview follows the first step and then every so many steps.",
        examples=[5],
    )
    min_preview_interval_seconds: float = Field(
        default=0.1,
        ge=0.0,
        le=10.0,
        description="Least time between two previews in seconds. A preview that comes sooner is skipped.",
        examples=[0.1],
    )
    preview_size: int = Field(
        default=512,
        ge=64,
        le=1024,
        description="Longest side of a preview in pixels. A preview is never larger than the picture.",
        examples=[512],
    )

    def seed_or_drawn(self) -> int:
        """The seed that was asked for, or a fresh one below 2^32."""
        return secrets.randbelow(_DRAWN_SEEDS) if self.seed is None else self.seed
