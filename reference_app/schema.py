"""What a request may ask for and what every event carries, described field by field for fal's Playground."""

import secrets
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

# JavaScript clients read every number as a double: larger integers would be rounded without a word.
LARGEST_EXACT_INTEGER = 2**53 - 1
_DRAWN_SEEDS = 2**32
_LATENT_PIXELS = 8


class GenerationInput(BaseModel):
    """The body of a POST to `/stream` and to `/`."""

    # A NaN guidance scale would pass the bounds of no comparison and reach the model.
    model_config = ConfigDict(allow_inf_nan=False)

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
    )
    width: int | None = Field(
        default=None,
        ge=64,
        le=1536,
        multiple_of=_LATENT_PIXELS,
        description="Width of the picture in pixels, a multiple of 8. Default: the model's native width.",
    )
    height: int | None = Field(
        default=None,
        ge=64,
        le=1536,
        multiple_of=_LATENT_PIXELS,
        description="Height of the picture in pixels, a multiple of 8. Default: the model's native height.",
    )
    guidance_scale: float | None = Field(
        default=None,
        ge=0.0,
        le=20.0,
        description="How strongly the prompt steers the picture (classifier-free guidance). "
        "Default: what suits the model.",
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=LARGEST_EXACT_INTEGER,
        description="The same seed and the same input give the same picture. Default: drawn at random, and "
        "reported with the result.",
    )
    preview_every_steps: int = Field(
        default=5,
        ge=1,
        le=100,
        description="A preview follows the first step and then every so many steps.",
    )
    min_preview_interval_seconds: float = Field(
        default=0.1,
        ge=0.0,
        le=10.0,
        description="Least time between two previews in seconds. A preview that comes sooner is skipped.",
    )

    def seed_or_drawn(self) -> int:
        """The seed that was asked for, or a fresh one below 2^32."""
        return secrets.randbelow(_DRAWN_SEEDS) if self.seed is None else self.seed


class Picture(BaseModel):
    """A media object: `url` and `content_type` together are what fal's Playground shows as a picture."""

    url: str = Field(description="The picture itself, as a base64 data URI.")
    content_type: str = Field(description="Media type of the picture.", examples=["image/jpeg"])
    width: int = Field(description="Width of this picture in pixels.")
    height: int = Field(description="Height of this picture in pixels.")


class PreviewEvent(BaseModel):
    """The picture as it looks so far. It has no `final` key."""

    step: int = Field(description="Denoising steps done, from 1 to `total_steps`.")
    total_steps: int = Field(description="Denoising steps in the whole generation.")
    progress: float = Field(description="`step / total_steps`, above 0 and at most 1.")
    image: Picture = Field(description="Estimate of the finished picture, reduced in size and quality.")


class Timings(BaseModel):
    """Where the time went, in seconds."""

    queue_seconds: float = Field(description="Time waited for earlier generations.")
    inference_seconds: float = Field(description="Time from the start of denoising to the decoded picture.")


class FinalEvent(BaseModel):
    """The result: the last event of a stream that succeeded, and the whole answer of `/`."""

    final: Literal[True] = Field(default=True, description="Present, and true, in the final event only.")
    images: list[Picture] = Field(description="The finished pictures at full size.")
    seed: int = Field(description="The seed that was used, whether given or drawn.")
    prompt: str = Field(description="The prompt that was used.")
    timings: Timings = Field(description="Where the time went.")


class ErrorType(StrEnum):
    """Why a generation ended without a picture."""

    CANCELLED = "cancelled"
    INTERNAL_ERROR = "internal_error"


class ErrorDetail(BaseModel):
    """What the caller may know about a failure: never a traceback, never a path of the server."""

    message: str = Field(description="One sentence for a person.")
    type: ErrorType = Field(description="One word for a program.")


class ErrorEvent(BaseModel):
    """The last event of a stream that failed. No final event comes before or after it."""

    error: ErrorDetail = Field(description="What went wrong.")


class Cancellation(BaseModel):
    """The answer of `/stream/cancel`."""

    cancelled: bool = Field(description="Whether a running or waiting generation with that request id was stopped.")
