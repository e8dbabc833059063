"""A pipeline with set timings and no torch: for tests, for load generators, and for machines without the model.

It draws a landscape that depends on the prompt and the seed, and its previews lose their blur step by step.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw, ImageFilter

from reference_app.pipelines.protocol import GenerationRequest, PipelineDefaults

_NATIVE_SIDE_PIXELS = 512
# Steps only sleep, so many fit beside each other, each with exact timings.
_LANES = 64


class SimulatedFailureError(RuntimeError):
    """The failure that a `SimulatedPipeline` was built to have."""


class SimulatedDenoising:
    """Pictures that are known from the beginning, and shown with less and less blur."""

    def __init__(self, request: GenerationRequest) -> None:
        self.request = request
        self.steps_done = 0
        seeds = range(request.seed, request.seed + request.num_images)
        self.pictures = [_landscape(replace(request, seed=seed)) for seed in seeds]

    def preview(self, longest_side: int) -> Callable[[], Image.Image]:
        """The first picture, blurred as much as steps remain."""
        picture = self.pictures[0]
        remaining = 1 - self.steps_done / self.request.num_inference_steps
        radius_pixels = max(picture.size) / 8 * remaining + 0.5
        return lambda: picture.filter(ImageFilter.GaussianBlur(radius_pixels))

    def finish(self) -> list[Image.Image]:
        """The pictures."""
        return self.pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPipeline:
    """Sleeps instead of computing.

    Attributes:
        step_seconds: duration of one step, in seconds, however many share it.
        fail_at_step: raise instead of this step, counted from 1; 0 raises before the first, None never.
        lanes: how many generations may sleep beside each other.
        max_batch: how many may share a step.
    """

    step_seconds: float
    fail_at_step: int | None = None
    lanes: int = _LANES
    max_batch: int = 1

    @property
    def name(self) -> str:
        """For people."""
        return "simulated"

    @property
    def defaults(self) -> PipelineDefaults:
        """A size between the embedded model's and SDXL's."""
        return PipelineDefaults(width=_NATIVE_SIDE_PIXELS, height=_NATIVE_SIDE_PIXELS, guidance_scale=5.0)

    def begin(self, request: GenerationRequest) -> SimulatedDenoising:
        """Draw the pictures that will be shown.

        Raises:
            SimulatedFailureError: this pipeline was built to fail before the first step.
        """
        self._fail_at(0)
        return SimulatedDenoising(request)

    def step(self, batch: Sequence[SimulatedDenoising]) -> None:
        """Sleep.

        Raises:
            SimulatedFailureError: this pipeline was built to fail at this step.
        """
        time.sleep(self.step_seconds)
        for denoising in batch:
            self._fail_at(denoising.steps_done + 1)
        for denoising in batch:
            denoising.steps_done += 1

    def _fail_at(self, step: int) -> None:
        if step == self.fail_at_step:
            raise SimulatedFailureError(f"told to fail at step {step}")


def _landscape(request: GenerationRequest) -> Image.Image:
    """Sky, sun and two rows of hills, each placed and coloured by a hash of the request."""
    text = f"{request.seed}\n{request.guidance_scale}\n{request.prompt}\n{request.negative_prompt}"
    fate = hashlib.sha256(text.encode()).digest()
    size = width, height = request.width, request.height
    picture = Image.composite(
        Image.new("RGB", size, _colour(fate[0:3])),
        Image.new("RGB", size, _colour(fate[3:6])),
        Image.linear_gradient("L").resize(size),
    )
    draw = ImageDraw.Draw(picture)
    radius = min(size) * (0.06 + fate[6] / 255 * 0.12)
    x, y = width * (0.15 + fate[7] / 255 * 0.7), height * (0.15 + fate[8] / 255 * 0.3)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_colour(fate[9:12]))
    for row, first in enumerate((12, 20)):
        base = 0.5 + 0.2 * row
        crests = [(width * i / 4, height * (base + fate[first + i] / 255 * 0.2)) for i in range(5)]
        draw.polygon([(0, height), *crests, (width, height)], fill=_colour(fate[first + 5 : first + 8]))
    return picture


def _colour(three_bytes: bytes) -> tuple[int, int, int]:
    red, green, blue = three_bytes
    return red, green, blue
