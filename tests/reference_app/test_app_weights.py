"""The committed weights paint what the prompt says: measured on pixels, over many seeds."""

import itertools
import math
from collections import Counter
from collections.abc import Iterator
from statistics import mean
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from reference_app.pipelines.embedded import WEIGHTS_FOLDER, load
from reference_app.pipelines.protocol import GenerationRequest, Pipeline, draw_alone
from reference_app.training.drawing import RGB
from reference_app.training.scenes import Colour

slow = pytest.mark.slow
pytestmark = [
    # torch 2 tensors do not know the copy argument with which numpy 2 calls them inside diffusers' schedulers.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline[Any]]:
    """With one thread: two test processes of two threads each would wait for each other most of the time."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield load()
    torch.set_num_threads(threads)


def _frames(pipeline: Pipeline[Any], prompt: str, *, seed: int, steps: int) -> Iterator[Image.Image]:
    """Every preview, then the picture."""
    frames: list[Image.Image] = []
    request = GenerationRequest(
        prompt=prompt,
        negative_prompt="",
        num_inference_steps=steps,
        width=256,
        height=256,
        guidance_scale=pipeline.defaults.guidance_scale,
        seed=seed,
    )
    pictures = draw_alone(pipeline, request, after_step=lambda denoising: frames.append(denoising.preview(256)()))
    yield from (*frames, *pictures)


def _picture(pipeline: Pipeline[Any], prompt: str, *, seed: int) -> Image.Image:
    request = GenerationRequest(
        prompt=prompt,
        negative_prompt="",
        num_inference_steps=10,
        width=256,
        height=256,
        guidance_scale=pipeline.defaults.guidance_scale,
        seed=seed,
    )
    return draw_alone(pipeline, request)[0]


def _colours(picture: Image.Image) -> list[list[Colour]]:
    """Rows of 16 by 16 cells, each as the named colour nearest to it."""
    small = picture.resize((16, 16), Image.Resampling.BOX)
    return [[_nearest(small.getpixel((x, y))) for x in range(16)] for y in range(16)]


def _nearest(pixel: Any) -> Colour:
    return min(RGB, key=lambda colour: sum((a - b) ** 2 for a, b in zip(RGB[colour], pixel, strict=True)))


def _border(cells: list[list[Colour]]) -> Colour:
    """The commonest colour of the outermost cells."""
    edge = [*cells[0], *cells[-1], *(row[0] for row in cells), *(row[-1] for row in cells)]
    return Counter(edge).most_common(1)[0][0]


def _centre_of(cells: list[list[Colour]], colour: Colour) -> tuple[float, float]:
    """Mean column and row of the cells of this colour, from 0 to 15; the middle where there is none."""
    places = [(x, y) for y, row in enumerate(cells) for x, found in enumerate(row) if found is colour] or [(7.5, 7.5)]
    return mean(x for x, _ in places), mean(y for _, y in places)


def _silhouette(pipeline: Pipeline[Any], shape: str, *, seed: int) -> Image.Image:
    """A large black shape, cut out along the box around it: 255 where it is, 0 elsewhere."""
    picture = _picture(pipeline, f"a large black {shape} on a white background", seed=seed)
    mask = picture.convert("L").point(lambda brightness: 255 if brightness < 128 else 0)
    return mask.crop(mask.getbbox())


def _share_of_box(mask: Image.Image) -> float:
    return float(ImageStat.Stat(mask).mean[0]) / 255


def _middle_pixel(mask: Image.Image) -> Any:
    return mask.getpixel((mask.width // 2, mask.height // 2))


def _brightness(picture: Image.Image) -> float:
    return float(ImageStat.Stat(picture.convert("L")).mean[0])


def _signal_to_noise(first: Image.Image, second: Image.Image) -> float:
    """Peak signal over noise of one picture against another, as a plain ratio: more is more alike."""
    return 255 / max(mean(ImageStat.Stat(ImageChops.difference(first, second)).rms), 0.1)


def test_the_weights_are_small_and_safe() -> None:
    """Under 10 MB in all, and no file that runs code when it is loaded."""
    files = [file for file in WEIGHTS_FOLDER.rglob("*") if file.is_file()]

    assert {file.suffix for file in files} == {".json", ".md", ".safetensors"}
    assert sum(file.stat().st_size for file in files) < 10_000_000


@slow
def test_the_public_classes_load_the_weights_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Diffusers alone finds every part of SDXL and the preview decoder in the folder."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from diffusers import AutoencoderTiny, StableDiffusionXLPipeline

    pipe = StableDiffusionXLPipeline.from_pretrained(WEIGHTS_FOLDER, local_files_only=True, add_watermarker=False)
    tiny = AutoencoderTiny.from_pretrained(WEIGHTS_FOLDER, subfolder="taesdxl", local_files_only=True)

    kinds = {name: type(part).__name__ for name, part in pipe.components.items() if part is not None}
    assert kinds == {
        "vae": "AutoencoderKL",
        "text_encoder": "CLIPTextModel",
        "text_encoder_2": "CLIPTextModelWithProjection",
        "tokenizer": "CLIPTokenizer",
        "tokenizer_2": "CLIPTokenizer",
        "unet": "UNet2DConditionModel",
        "scheduler": "EulerDiscreteScheduler",
    }
    assert pipe.unet.config.addition_embed_type == "text_time"
    assert tiny.config.latent_channels == pipe.vae.config.latent_channels == pipe.unet.config.in_channels


@slow
def test_previews_approach_the_picture(pipeline: Pipeline[Any]) -> None:
    """The signal to noise ratio of the previews against the picture rises from step to step."""
    *previews, final = _frames(pipeline, "a sunset over the sea", seed=3, steps=12)

    ratios = [_signal_to_noise(preview, final) for preview in previews[::3]]
    assert ratios == sorted(ratios)
    assert ratios[-1] > 2 * ratios[0]


@slow
def test_the_same_seed_paints_the_same_picture(pipeline: Pipeline[Any]) -> None:
    """A prompt and a seed decide every pixel."""
    first, second = (_picture(pipeline, "a red circle on a blue background", seed=5) for _ in range(2))

    assert first.tobytes() == second.tobytes()


@slow
def test_the_background_has_the_colour_that_the_prompt_says(pipeline: Pipeline[Any]) -> None:
    """Nine backgrounds, two seeds each."""
    asked = [(colour, seed) for colour in Colour for seed in range(2)]

    right = [
        _border(_colours(_picture(pipeline, _circle(_unlike(colour), colour), seed=seed))) is colour
        for colour, seed in asked
    ]

    assert mean(right) > 0.8


@slow
def test_the_shape_has_the_colour_that_the_prompt_says(pipeline: Pipeline[Any]) -> None:
    """Nine colours, two seeds each: the colour is found in the middle."""
    asked = [(colour, seed) for colour in Colour for seed in range(2)]

    right = [
        _middle(_colours(_picture(pipeline, _circle(colour, _unlike(colour)), seed=seed))) is colour
        for colour, seed in asked
    ]

    assert mean(right) > 0.7


@slow
@pytest.mark.parametrize(
    ("axis", "before", "after"), [(0, "on the left", "on the right"), (1, "at the top", "at the bottom")]
)
def test_the_shape_is_where_the_prompt_says(pipeline: Pipeline[Any], axis: int, before: str, after: str) -> None:
    """Over eight seeds the middle of the shape lies on the side asked for."""
    where = {
        place: [
            _centre_of(
                _colours(_picture(pipeline, f"a red circle on a white background {place}", seed=seed)), Colour.RED
            )
            for seed in range(8)
        ]
        for place in (before, after)
    }

    right = [a[axis] < b[axis] for a, b in zip(where[before], where[after], strict=True)]
    assert mean(right) > 0.7


@slow
@pytest.mark.parametrize(
    ("shape", "filled"), [("square", 1.0), ("circle", math.pi / 4), ("triangle", 0.5), ("star", 0.39), ("heart", 0.64)]
)
def test_the_shape_is_the_one_that_the_prompt_names(pipeline: Pipeline[Any], shape: str, filled: float) -> None:
    """Over four seeds it fills as much of the box around it as that shape does; corners are a little round."""
    shares = [_share_of_box(_silhouette(pipeline, shape, seed=seed)) for seed in range(4)]

    assert mean(shares) == pytest.approx(filled, abs=0.05 if filled < 1 else 0.12)


@slow
def test_a_ring_has_a_hole_and_a_circle_has_none(pipeline: Pipeline[Any]) -> None:
    """The middle of a ring is background."""
    middles = {
        shape: [_middle_pixel(_silhouette(pipeline, shape, seed=seed)) for seed in range(4)]
        for shape in ("ring", "circle")
    }

    assert middles == {"ring": [0] * 4, "circle": [255] * 4}


@slow
@pytest.mark.parametrize("setting", ["the sea", "a city skyline", "a forest", "mountains"])
def test_night_is_darker_than_day(pipeline: Pipeline[Any], setting: str) -> None:
    """In every seed, whatever the landscape."""
    for seed in range(4):
        night, day = (_picture(pipeline, f"{setting} {light}", seed=seed) for light in ("at night", "by day"))

        assert _brightness(night) < 0.7 * _brightness(day)


@slow
def test_a_sunset_is_warmer_than_a_day(pipeline: Pipeline[Any]) -> None:
    """The upper half of the picture has more red in it than blue at sunset, and less by day, in every seed."""
    for seed in range(4):
        sunset = _warmth(_picture(pipeline, "the sea at sunset", seed=seed))
        day = _warmth(_picture(pipeline, "the sea by day", seed=seed))

        assert sunset > 0 > day


def _circle(colour: Colour, background: Colour) -> str:
    return f"a large {colour.value} circle on a {background.value} background"


def _unlike(colour: Colour) -> Colour:
    return Colour.WHITE if colour is not Colour.WHITE else Colour.BLUE


def _middle(cells: list[list[Colour]]) -> Colour:
    """The commonest colour of the sixteen cells in the middle."""
    return Counter(itertools.chain.from_iterable(row[6:10] for row in cells[6:10])).most_common(1)[0][0]


def _warmth(picture: Image.Image) -> float:
    red, _, blue = ImageStat.Stat(picture.crop((0, 0, 256, 128))).mean
    return float(red - blue)
