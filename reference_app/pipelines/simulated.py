"""A pipeline with set timings and no torch: for tests, for load generators, and for machines without the model.

It draws a landscape that depends on the prompt and the seed, and its previews lose their blur step by step.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from reference_app.pipelines.protocol import GenerationRequest, PipelineDefaults, Step

_NATIVE_SIDE_PIXELS = 512
# Steps only sleep, so many fit beside each other.
_CONCURRENCY = 64


class SimulatedFailureError(RuntimeError):
    """The failure that a `SimulatedPipeline` was built to have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPipeline:
    """Sleeps instead of computing.

    Attributes:
        step_seconds: duration of one step, in seconds.
        fail_at_step: raise before this step, counted from 1, is done; None never fails.
        concurrency: how many generations may sleep at once.
    """

    step_seconds: float
    fail_at_step: int | None = None
    concurrency: int = _CONCURRENCY

    @property
    def name(self) -> str:
        """For people."""
        return "simulated"

    @property
    def defaults(self) -> PipelineDefaults:
        """A size between the embedded model's and SDXL's."""
        return PipelineDefaults(width=_NATIVE_SIDE_PIXELS, height=_NATIVE_SIDE_PIXELS, guidance_scale=5.0)

    def generate(self, request: GenerationRequest, *, on_step: Callable[[Step], None]) -> Image.Image:
        """Draw the picture; see `Pipeline.generate`.

        Raises:
            SimulatedFailureError: this pipeline was built to fail.
        """
        picture = _landscape(request)
        total = request.num_inference_steps
        for index in range(total):
            time.sleep(self.step_seconds)
            if index + 1 == self.fail_at_step:
                raise SimulatedFailureError(f"told to fail at step {self.fail_at_step}")
            on_step(Step(index=index, total=total, render=_blurred(picture, remaining=1 - (index + 1) / total)))
        return picture


def _blurred(picture: Image.Image, *, remaining: float) -> Callable[[], Image.Image]:
    radius_pixels = max(picture.size) / 8 * remaining + 0.5

    def render() -> Image.Image:
        return picture.filter(ImageFilter.GaussianBlur(radius_pixels))

    return render


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
