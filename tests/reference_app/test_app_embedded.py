import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from reference_app.pipelines.embedded import load
from reference_app.pipelines.protocol import GenerationCancelledError, GenerationRequest, Step
from reference_app.pipelines.sdxl import SdxlPipeline

pytestmark = [
    pytest.mark.slow,  # importing torch and diffusers alone takes seconds
    # torch 2 tensors do not know the copy argument with which numpy 2 calls them inside diffusers' schedulers.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def pipeline() -> Any:
    embedded = load()
    return SdxlPipeline(
        name="embedded, three at once",
        base=embedded._base,
        preview_decoder=embedded._preview_decoder,
        guidance_scale=embedded.defaults.guidance_scale,
        concurrency=3,
    )


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


def _ignore(_step: Step) -> None:
    pass


def _distance(first: Image.Image, second: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(first, second)).rms)


def test_previews_approach_the_final_picture(pipeline: Any) -> None:
    """Each preview of the clean image is nearer to the result than the one before it, and the last is near."""
    previews: list[Image.Image] = []

    final = pipeline.generate(_request(), on_step=lambda step: previews.append(step.render()))

    distances = [_distance(preview, final) for preview in previews[::3]]
    assert distances == sorted(distances, reverse=True)
    assert _distance(previews[-1], final) < distances[0] / 5


@pytest.mark.parametrize("seed", [1, 2**53 - 1])
def test_the_same_seed_draws_the_same_picture(pipeline: Any, seed: int) -> None:
    """Seed and prompt decide, up to the largest seed that a request may have."""
    request = _request(seed=seed, num_inference_steps=3)

    first, second = (pipeline.generate(request, on_step=_ignore) for _ in range(2))

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
def test_every_choice_changes_the_picture(pipeline: Any, change: dict[str, Any]) -> None:
    """Seed, prompt, negative prompt and guidance all reach the model."""
    usual = pipeline.generate(_request(num_inference_steps=4), on_step=_ignore)
    changed = pipeline.generate(_request(num_inference_steps=4, **change), on_step=_ignore)

    assert _distance(usual, changed) > 1


def test_pictures_have_the_size_asked_for(pipeline: Any) -> None:
    """Previews and the result are as wide and as high as the request says."""
    sizes = []

    final = pipeline.generate(
        _request(width=72, height=104, num_inference_steps=2), on_step=lambda step: sizes.append(step.render().size)
    )

    assert [*sizes, final.size] == [(72, 104)] * 3


def test_raising_from_a_step_stops_at_once(pipeline: Any) -> None:
    """No step runs after the one that was cancelled, and the pipeline can be used again."""
    done = []

    def cancel_at_third(step: Step) -> None:
        done.append(step.index)
        if step.index == 2:
            raise GenerationCancelledError

    with pytest.raises(GenerationCancelledError):
        pipeline.generate(_request(), on_step=cancel_at_third)

    assert done == [0, 1, 2]
    assert pipeline.generate(_request(num_inference_steps=1), on_step=_ignore).size == (128, 128)


def test_generations_at_the_same_time_do_not_mix(pipeline: Any) -> None:
    """Threads that share the model draw what each would draw alone."""
    requests = [_request(seed=seed, num_inference_steps=4 + seed) for seed in range(3)]
    together = threading.Barrier(len(requests), timeout=30)

    def wait_for_the_others(step: Step) -> None:
        if step.index == 1:
            together.wait()

    alone = [pipeline.generate(request, on_step=_ignore) for request in requests]
    with ThreadPoolExecutor(len(requests)) as threads:
        mixed = list(threads.map(lambda request: pipeline.generate(request, on_step=wait_for_the_others), requests))

    assert [_distance(first, second) < 1 for first, second in zip(alone, mixed, strict=True)] == [True] * 3


def test_the_embedded_model_streams(serve: Callable[..., Any], pipeline: Any) -> None:
    """Over a real connection: previews that differ, then a final picture of the native size."""
    endpoint = serve(pipeline)

    *previews, final = endpoint.events(prompt="a", num_inference_steps=11, min_preview_interval_seconds=0, seed=4)

    assert [preview["step"] for preview in previews] == [1, 6, 11]
    assert len({preview["image"]["url"] for preview in previews}) == 3
    assert final["images"][0]["width"] == 256
