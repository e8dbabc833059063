"""What the application asks of a pipeline. The stream, the queue and the routes know nothing else about models."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PIL.Image import Image


class GenerationCancelledError(Exception):
    """Raised inside `on_step` to stop the pipeline; it passes through the pipeline unchanged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineDefaults:
    """What a request gets when it leaves these open.

    Attributes:
        width: native width in pixels.
        height: native height in pixels.
        guidance_scale: classifier-free guidance that suits the model.
    """

    width: int
    height: int
    guidance_scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """A request with every choice made: what a pipeline draws depends on this and nothing else.

    Attributes:
        num_inference_steps: denoising steps, at least 1.
        width: in pixels, a multiple of 8.
        height: in pixels, a multiple of 8.
        seed: 0 to 2^53 - 1.
    """

    prompt: str
    negative_prompt: str
    num_inference_steps: int
    width: int
    height: int
    guidance_scale: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A finished denoising step.

    Attributes:
        index: counted from 0.
        total: steps in the whole generation.
        render: draws the picture as it looks so far. It costs time, so only steps that are shown should call it, and
            only before `on_step` returns.
    """

    index: int
    total: int
    render: Callable[[], Image]


class Pipeline(Protocol):
    """Turns a request into a picture, step by step."""

    @property
    def name(self) -> str:
        """What people call it, in logs and on the command line."""
        ...

    @property
    def defaults(self) -> PipelineDefaults:
        """What a request gets when it leaves these open."""
        ...

    @property
    def concurrency(self) -> int:
        """How many threads may be inside `generate` at once."""
        ...

    def generate(self, request: GenerationRequest, *, on_step: Callable[[Step], None]) -> Image:
        """Draw the picture, calling `on_step` after each step. What `on_step` raises stops it and passes through."""
        ...
