"""A contact sheet: for each prompt the previews on the way, then the picture."""

from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw

from reference_app.pipelines.protocol import Denoising, GenerationRequest, Pipeline, draw_alone

PROMPTS = (
    "a sunset over the sea",
    "a city skyline at night",
    "a lighthouse by the sea",
    "mountains at sunrise",
    "a forest by day",
    "a house in green hills",
    "a red circle on a blue background",
    "a yellow star on a black background",
    "a pink heart on a white background",
    "a small green triangle at the top on a yellow background",
    "a large white square on a purple background",
    "a blue ring on an orange background",
)
_STEPS = 25
_SHOWN = (0, 1, 3, 5, 9, 15)
_SIDE = 96
_LABEL = 14


def contact_sheet(pipeline: Pipeline[Any], prompts: Sequence[str] = PROMPTS, *, seed: int) -> Image.Image:
    """Two columns of prompts; each row shows previews after 1, 2, 4, 6, 10 and 16 of 25 steps, then the picture."""
    width, height = (len(_SHOWN) + 1) * _SIDE + 8, _SIDE + _LABEL
    sheet = Image.new("RGB", (2 * width, height * ((len(prompts) + 1) // 2)), "white")
    pen = ImageDraw.Draw(sheet)
    for number, prompt in enumerate(prompts):
        left, top = width * (number % 2), height * (number // 2)
        pen.text((left + 2, top + 1), prompt, fill="black")
        for column, frame in enumerate(_frames(pipeline, prompt, seed)):
            sheet.paste(frame.resize((_SIDE, _SIDE), Image.Resampling.BOX), (left + column * _SIDE, top + _LABEL))
    return sheet


def _frames(pipeline: Pipeline[Any], prompt: str, seed: int) -> list[Image.Image]:
    frames: list[Image.Image] = []

    def keep(denoising: Denoising) -> None:
        if denoising.steps_done - 1 in _SHOWN:
            frames.append(denoising.preview(defaults.width)())

    defaults = pipeline.defaults
    request = GenerationRequest(
        prompt=prompt,
        negative_prompt="",
        num_inference_steps=_STEPS,
        width=defaults.width,
        height=defaults.height,
        guidance_scale=defaults.guidance_scale,
        seed=seed,
    )
    pictures = draw_alone(pipeline, request, after_step=keep)
    return [*frames, *pictures]
