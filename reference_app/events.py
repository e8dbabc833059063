"""What the events of a stream carry, described field by field. Each is one JSON object."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field


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
    seed: int = Field(description="The seed of the first picture, whether given or drawn.")
    prompt: str = Field(description="The prompt that was used.")
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

    message: str = Field(description="One sentence for a person.")
    type: ErrorType = Field(description="One word for a program.")
    request_id: str = Field(description="What to quote to whoever runs the endpoint; its log has the same.")


class ErrorEvent(BaseModel):
    """The last event of a stream that failed. No final event comes before or after it."""

    error: ErrorDetail = Field(description="What went wrong.")


class Cancellation(BaseModel):
    """The answer of `/stream/cancel`."""

    cancelled: bool = Field(description="Whether a running or waiting generation with that request id was stopped.")
