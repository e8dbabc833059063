"""What the events of a stream carry, described field by field. Each event is one JSON object."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "LARGEST_EXACT_INTEGER",
    "Cancellation",
    "ErrorDetail",
    "ErrorEvent",
    "ErrorType",
    "FinalEvent",
    "Picture",
    "PreviewEvent",
    "Timings",
]

# JavaScript clients read every number as a double: larger integers would be rounded without a word.
LARGEST_EXACT_INTEGER = 2**53 - 1


class Picture(BaseModel):
    """A media object: `url` and `content_type` together are what fal's Playground shows as a picture."""

    url: str = Field(description="The picture itself, as a base64 data URI.", pattern="^data:image/")
    content_type: str = Field(description="Media type of the picture.", examples=["image/jpeg"], pattern="^image/")
    width: int = Field(description="Width of this picture in pixels.", ge=1, examples=[512])
    height: int = Field(description="Height of this picture in pixels.", ge=1, examples=[512])


class PreviewEvent(BaseModel):
    """The picture as it looks so far. It has no `final` key."""

    step: int = Field(description="Denoising steps done, from 1 to `total_steps`.", ge=1, examples=[6])
    total_steps: int = Field(description="Denoising steps in the whole generation.", ge=1, examples=[30])
    progress: float = Field(description="`step / total_steps`, above 0 and at most 1.", gt=0, le=1, examples=[0.2])
    image: Picture = Field(description="Estimate of the finished picture, reduced in size and quality.")


class Timings(BaseModel):
    """Where the time went, in seconds."""

    queue_seconds: float = Field(description="Time waited for earlier generations.", ge=0, examples=[0.002])
    inference_seconds: float = Field(
        description="Time from the start of denoising to the decoded pictures.", ge=0, examples=[2.3]
    )


class FinalEvent(BaseModel):
    """The result: the last event of a stream that succeeded, and the whole answer of `/`."""

    # `final` is always sent, although nobody has to set it.
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    final: Literal[True] = Field(default=True, description="Present, and true, in the final event only.")
    images: list[Picture] = Field(description="The finished pictures at full size.", min_length=1)
    seed: int = Field(
        description="The seed of the first picture, whether given or drawn.",
        ge=0,
        le=LARGEST_EXACT_INTEGER,
        examples=[42],
    )
    prompt: str = Field(description="The prompt that was used.", examples=["a sunset over the sea"])
    timings: Timings = Field(description="Where the time went.")


class ErrorType(StrEnum):
    """Why a generation ended without a picture."""

    CANCELLED = "cancelled"
    INTERNAL_ERROR = "internal_error"
    OUT_OF_MEMORY = "out_of_memory"
    QUEUE_FULL = "queue_full"
    SHUTTING_DOWN = "shutting_down"


class ErrorDetail(BaseModel):
    """What the caller may know about a failure: never a traceback, never a path of the server."""

    message: str = Field(
        description="One sentence for a person.", examples=["The generation failed after 3 of 10 steps."]
    )
    type: ErrorType = Field(description="One word for a program.", examples=[ErrorType.INTERNAL_ERROR])
    request_id: str = Field(
        description="What to quote to whoever runs the endpoint; its log has the same.",
        examples=["52ab4f54-8ca3-4c47-9a4e-51d2a2a5e0d7"],
    )


class ErrorEvent(BaseModel):
    """The last event of a stream that failed. No final event comes before or after it."""

    error: ErrorDetail = Field(description="What went wrong.")


class Cancellation(BaseModel):
    """The answer of `/stream/cancel`."""

    cancelled: bool = Field(description="Whether a running or waiting generation with that request id was stopped.")
