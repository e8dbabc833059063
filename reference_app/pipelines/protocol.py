"""What the application asks of a pipeline: to begin, to step, to show what it has, to finish.

The stream, the queue and the routes know nothing else about models. Steps are asked for from outside, so that requests
which run at the same time can share them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from PIL.Image import Image


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
        seed: of the first picture, 0 to 2^53 - 1; the next one has the next seed.
        num_images: pictures to draw, at least 1.
    """

    prompt: str
    negative_prompt: str
    num_inference_steps: int
    width: int
    height: int
    guidance_scale: float
    seed: int
    num_images: int = 1

    @property
    def is_guided(self) -> bool:
        """Whether the network is asked twice a step, with the prompt and without (classifier-free guidance)."""
        return self.guidance_scale > 1


class Denoising(Protocol):
    """A request inside the pipeline, between two steps. One thread at a time may use it."""

    @property
    def request(self) -> GenerationRequest:
        """What is drawn."""
        ...

    @property
    def steps_done(self) -> int:
        """Denoising steps done, from 0 to `request.num_inference_steps`."""
        ...

    def preview(self, longest_side: int) -> Callable[[], Image]:
        """Take the first picture as it looks so far; the result draws it, later and in any thread.

        Args:
            longest_side: in pixels; what is drawn is at least as long, unless the picture itself is shorter.
        """
        ...

    def finish(self) -> list[Image]:
        """The finished pictures, after the last step."""
        ...


AnyDenoising = TypeVar("AnyDenoising", bound=Denoising)


class Pipeline(Protocol[AnyDenoising]):
    """Turns requests into pictures, step by step, several at once."""

    @property
    def name(self) -> str:
        """What people call it, in logs and on the command line."""
        ...

    @property
    def defaults(self) -> PipelineDefaults:
        """What a request gets when it leaves these open."""
        ...

    @property
    def lanes(self) -> int:
        """How many threads may use it at once, each with denoisings of its own."""
        ...

    @property
    def max_batch(self) -> int:
        """How many pictures may share a step; 1 where that gains nothing."""
        ...

    def begin(self, request: GenerationRequest) -> AnyDenoising:
        """Prepare a request: read its prompt, draw its noise."""
        ...

    def step(self, batch: Sequence[AnyDenoising]) -> None:
        """Do the next step of each. They have one size; numbers of steps, progress and guidance may differ.

        When this raises, no denoising of the batch has moved.
        """
        ...


def draw_alone(
    pipeline: Pipeline[AnyDenoising],
    request: GenerationRequest,
    *,
    after_step: Callable[[AnyDenoising], None] = lambda denoising: None,
) -> list[Image]:
    """Draw a request in the calling thread, from begin to finish, with nobody beside it."""
    denoising = pipeline.begin(request)
    while denoising.steps_done < request.num_inference_steps:
        pipeline.step([denoising])
        after_step(denoising)
    return denoising.finish()
