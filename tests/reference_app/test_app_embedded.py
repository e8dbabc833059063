import base64
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from reference_app.pipelines.embedded import load
from reference_app.pipelines.protocol import GenerationRequest, draw_alone
from reference_app.pipelines.sdxl import SdxlPipeline

pytestmark = [
    pytest.mark.slow,  # importing torch and diffusers alone takes seconds
    # torch 2 tensors do not know the copy argument with which numpy 2 calls them inside diffusers' schedulers.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def pipeline() -> SdxlPipeline:
    return load()


def _request(**changes: Any) -> GenerationRequest:
    fields = {
        "prompt": "a red circle",
        "negative_prompt": "",
        "num_inference_steps": 12,
        "width": 128,
        "height": 128,
        "guidance_scale": 3.0,
        "seed": 1,
    }
    return GenerationRequest(**{**fields, **changes})


def _distance(first: Image.Image, second: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(first, second)).rms)


def _drawn(pipeline: SdxlPipeline, **changes: Any) -> Image.Image:
    return draw_alone(pipeline, _request(**changes))[0]


def test_previews_approach_the_final_picture(pipeline: SdxlPipeline) -> None:
    """Each preview of the clean image is nearer to the result than the one before it, and the last is near."""
    previews: list[Image.Image] = []

    [final] = draw_alone(pipeline, _request(), after_step=lambda denoising: previews.append(denoising.preview(128)()))

    distances = [_distance(preview, final) for preview in previews[::3]]
    assert distances == sorted(distances, reverse=True)
    assert _distance(previews[-1], final) < distances[0] / 5


@pytest.mark.parametrize(
    "changes",
    [{}, {"guidance_scale": 1.0}, {"negative_prompt": "blue", "width": 192}, {"num_images": 2}],
    ids=str,
)
def test_it_draws_what_diffusers_own_pipeline_draws(pipeline: SdxlPipeline, changes: dict[str, Any]) -> None:
    """Stepping from outside changes nothing: every pixel is that of `StableDiffusionXLPipeline.__call__`."""
    import torch
    from diffusers import StableDiffusionXLPipeline

    request = _request(num_inference_steps=5, **changes)
    shared = pipeline._base.scheduler
    theirs = StableDiffusionXLPipeline(
        **{**pipeline._base.components, "scheduler": type(shared).from_config(shared.config)}, add_watermarker=False
    )
    theirs.set_progress_bar_config(disable=True)
    seeds = range(request.seed, request.seed + request.num_images)

    expected = theirs(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt or None,
        num_inference_steps=request.num_inference_steps,
        width=request.width,
        height=request.height,
        guidance_scale=request.guidance_scale,
        num_images_per_prompt=request.num_images,
        generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds],
    ).images

    drawn = draw_alone(pipeline, request)
    assert [_largest_difference(*pair) for pair in zip(drawn, expected, strict=True)] == [0] * request.num_images


def test_sharing_steps_does_not_change_a_picture(pipeline: SdxlPipeline) -> None:
    """Of requests with other seeds, steps and guidance in one batch, each is as alone but for rounding (2 of 255)."""
    requests = [
        _request(seed=seed, num_inference_steps=4 + seed, guidance_scale=guidance)
        for seed, guidance in enumerate((3.0, 1.0, 5.0))
    ]
    alone = [draw_alone(pipeline, request)[0] for request in requests]

    together = [pipeline.begin(request) for request in requests]
    while running := [item for item in together if item.steps_done < item.request.num_inference_steps]:
        pipeline.step(running)

    shared = [denoising.finish()[0] for denoising in together]
    assert max(_largest_difference(*pair) for pair in zip(alone, shared, strict=True)) <= 2


def test_small_previews_are_decoded_small(pipeline: SdxlPipeline) -> None:
    """A preview of half the side is drawn from a quarter of the latents, and looks like the whole one made smaller."""
    denoising = pipeline.begin(_request(width=256, height=256, num_inference_steps=6))
    for _ in range(6):
        pipeline.step([denoising])

    whole, small = denoising.preview(256)(), denoising.preview(128)()

    assert (whole.size, small.size) == ((256, 256), (128, 128))
    assert _distance(whole.resize((128, 128), Image.Resampling.BOX), small) < 60


@pytest.mark.parametrize("seed", [1, 2**53 - 5])
def test_the_same_seed_draws_the_same_picture(pipeline: SdxlPipeline, seed: int) -> None:
    """Seed and prompt decide, up to the largest seed that a request may have."""
    first, second = (_drawn(pipeline, seed=seed, num_inference_steps=3) for _ in range(2))

    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"prompt": "a forest"},
        {"negative_prompt": "blue"},
        {"guidance_scale": 6.0},
        {"prompt": "\u96ea \U0001f600"},
    ],
    ids=str,
)
def test_every_choice_changes_the_picture(pipeline: SdxlPipeline, change: dict[str, Any]) -> None:
    """Seed, prompt, negative prompt and guidance all reach the model."""
    usual, changed = _drawn(pipeline, num_inference_steps=4), _drawn(pipeline, num_inference_steps=4, **change)

    assert _distance(usual, changed) > 1


def test_pictures_have_the_size_asked_for(pipeline: SdxlPipeline) -> None:
    """Previews and the result are as wide and as high as the request says."""
    sizes = []

    [final] = draw_alone(
        pipeline,
        _request(width=72, height=104, num_inference_steps=2),
        after_step=lambda denoising: sizes.append(denoising.preview(104)().size),
    )

    assert [*sizes, final.size] == [(72, 104)] * 3


def test_streams_at_the_same_time_share_steps(
    serve: Callable[..., Any], watch: Callable[..., Any], pipeline: SdxlPipeline
) -> None:
    """Over real connections: requests join at step boundaries, and each gets its own picture."""
    watched = watch(pipeline)
    endpoint = serve(watched)
    bodies = [
        {"prompt": "a red circle", "seed": seed, "num_inference_steps": 12 + seed, "width": 128, "height": 128}
        for seed in range(3)
    ]

    alone = [endpoint.events(**body)[-1] for body in bodies]
    watched.batches.clear()
    with ThreadPoolExecutor(len(bodies)) as threads:
        finals = list(threads.map(lambda body: endpoint.events(**body)[-1], bodies))

    assert [final["seed"] for final in finals] == [0, 1, 2]
    assert max(watched.batches) > 1
    assert len(watched.batches) < sum(body["num_inference_steps"] for body in bodies)
    pairs = zip(alone, finals, strict=True)
    assert [_distance(*(_picture(final) for final in pair)) < 9 for pair in pairs] == [True] * 3


def test_the_embedded_model_streams(serve: Callable[..., Any], pipeline: SdxlPipeline) -> None:
    """Over a real connection: previews that differ, then a final picture of the native size."""
    endpoint = serve(pipeline)

    *previews, final = endpoint.events(prompt="a", num_inference_steps=11, min_preview_interval_seconds=0, seed=4)

    assert previews[-1]["step"] == 11
    assert len({preview["image"]["url"] for preview in previews}) == len(previews) > 1
    assert final["images"][0]["width"] == 256


def _picture(final: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(final["images"][0]["url"].partition(",")[2])))


def _largest_difference(first: Image.Image, second: Image.Image) -> int:
    return max(high for _, high in ImageChops.difference(first, second).getextrema())
