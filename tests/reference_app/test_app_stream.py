import base64
import io
import itertools
import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image

from reference_app.pipelines.protocol import GenerationRequest
from reference_app.pipelines.simulated import SimulatedDenoising, SimulatedPipeline


def _decoded(picture: dict[str, Any]) -> Image.Image:
    head, data = picture["url"].split(",")
    assert head == f"data:{picture['content_type']};base64"
    image = Image.open(io.BytesIO(base64.b64decode(data, validate=True)))
    image.load()
    assert image.size == (picture["width"], picture["height"])
    return image


def test_previews_come_while_the_pipeline_works(serve: Callable[..., Any]) -> None:
    """Each event is at the client long before the next one is made."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.1))

    instants = [instant for instant, _ in endpoint.blocks(prompt="a", num_inference_steps=7, preview_every_steps=2)]

    gaps = [later - earlier for earlier, later in itertools.pairwise(instants)]
    assert len(gaps) == 4
    assert all(0.1 < gap < 1.0 for gap in gaps[:3])


def test_the_shape_of_the_events(serve: Callable[..., Any]) -> None:
    """Previews report their step and a picture, and only the last event is marked final."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.05))

    *previews, final = endpoint.events(prompt="caf\u00e9 \u2603", num_inference_steps=11, seed=5, width=640, height=320)

    assert [preview["step"] for preview in previews] == [1, 6, 11]
    assert [preview["progress"] for preview in previews] == [0.0909, 0.5455, 1.0]
    assert all(preview.keys() == {"step", "total_steps", "progress", "image"} for preview in previews)
    assert all(_decoded(preview["image"]).size == (320, 160) for preview in previews)
    assert final.keys() == {"final", "images", "seed", "prompt", "timings"}
    assert final["final"] is True
    assert (final["seed"], final["prompt"]) == (5, "caf\u00e9 \u2603")
    assert _decoded(final["images"][0]).size == (640, 320)
    assert final["timings"]["inference_seconds"] >= 0.55


def test_the_head_is_meant_for_a_stream(serve: Callable[..., Any]) -> None:
    """The media type is that of an event stream, and nothing on the way may hold it back."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))

    with endpoint.client.stream("POST", f"{endpoint.url}/stream", json={"prompt": "a"}) as response:
        head = response.headers
        response.read()

    assert head["content-type"] == "text/event-stream; charset=utf-8"
    assert head["cache-control"] == "no-cache, no-transform"
    assert head["x-accel-buffering"] == "no"


def test_the_plain_route_answers_with_the_final_event(serve: Callable[..., Any]) -> None:
    """For the same seed, `/` returns the object that `/stream` ends with; only the timings differ."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))
    body = {"prompt": "a", "seed": 3}

    plain = endpoint.client.post(f"{endpoint.url}/", json=body).json()
    final = endpoint.events(**body)[-1]

    assert plain.pop("timings").keys() == final.pop("timings").keys()
    assert final == plain


def test_a_drawn_seed_is_reported_and_repeats_the_picture(serve: Callable[..., Any]) -> None:
    """The seed in the result draws the same picture again, and two drawn seeds differ."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))

    first, second = (endpoint.events(prompt="a")[-1] for _ in range(2))
    again = endpoint.events(prompt="a", seed=first["seed"])[-1]

    assert first["images"] == again["images"]
    assert first["seed"] != second["seed"]


@pytest.mark.parametrize("output_format", ["jpeg", "png", "webp"])
def test_the_result_has_the_format_that_was_asked_for(serve: Callable[..., Any], output_format: str) -> None:
    """Every finished picture is of that type, and previews are JPEG all the same."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))

    preview, final = endpoint.events(prompt="a", num_inference_steps=1, output_format=output_format)

    assert preview["image"]["content_type"] == "image/jpeg"
    assert final["images"][0]["content_type"] == f"image/{output_format}"
    _decoded(final["images"][0])


def test_several_pictures_have_consecutive_seeds(serve: Callable[..., Any]) -> None:
    """Picture i of a request is the picture of the request with that much larger a seed."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))

    together = endpoint.events(prompt="a", seed=7, num_images=3)[-1]
    alone = [endpoint.events(prompt="a", seed=seed)[-1] for seed in (7, 8, 9)]

    assert together["images"] == [final["images"][0] for final in alone]


def test_previews_are_as_small_as_asked_for(serve: Callable[..., Any]) -> None:
    """The longest side of a preview is `preview_size`; the result keeps its own."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))

    preview, final = endpoint.events(prompt="a", num_inference_steps=1, width=256, height=512, preview_size=128)

    assert _decoded(preview["image"]).size == (64, 128)
    assert _decoded(final["images"][0]).size == (256, 512)


def test_silence_is_broken_by_comments(serve: Callable[..., Any]) -> None:
    """While nothing happens a comment comes after each heartbeat interval, and it is no event."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.5), heartbeat_seconds=0.1)

    blocks = [block for _, block in endpoint.blocks(prompt="a", num_inference_steps=1)]

    assert blocks.count(": keep-alive") >= 3
    assert blocks[-2].startswith('data: {"step"')
    assert blocks[-1].startswith('data: {"final"')


def test_concurrent_generations_do_not_mix(serve: Callable[..., Any]) -> None:
    """Streams that run at once each get their own sizes, prompts, seeds and pictures."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.02))
    bodies = [
        {
            "prompt": f"prompt {i}",
            "seed": i,
            "num_inference_steps": 10 + i,
            "width": 64 + 8 * i,
            "height": 64,
            "preview_size": 1024,
        }
        for i in range(8)
    ]

    with ThreadPoolExecutor(len(bodies)) as threads:
        streams = list(threads.map(lambda body: endpoint.events(**body), bodies))
    alone = [endpoint.events(**body)[-1] for body in bodies]

    for body, events, final_alone in zip(bodies, streams, alone, strict=True):
        *previews, final = events
        assert {preview["total_steps"] for preview in previews} == {body["num_inference_steps"]}
        assert {preview["image"]["width"] for preview in previews} == {body["width"]}
        assert (final["prompt"], final["seed"]) == (body["prompt"], body["seed"])
        assert final["images"] == final_alone["images"]


class _Noise(SimulatedDenoising):
    """Previews too big for the buffers between server and client."""

    def preview(self, longest_side: int) -> Callable[[], Image.Image]:
        bands = [Image.effect_noise((longest_side, longest_side), 120) for _ in range(3)]
        return lambda: Image.merge("RGB", bands)


class _NoisePipeline(SimulatedPipeline):
    def begin(self, request: GenerationRequest) -> SimulatedDenoising:
        return _Noise(request)


def test_a_client_that_does_not_read_never_slows_the_pipeline(
    serve: Callable[..., Any], watch: Callable[..., Any]
) -> None:
    """All steps are done while the client reads nothing; it misses previews and still gets the final event."""
    pipeline = watch(_NoisePipeline(step_seconds=0.01))
    endpoint = serve(pipeline)
    body = json.dumps(
        {
            "prompt": "a",
            "num_inference_steps": 100,
            "preview_every_steps": 1,
            "min_preview_interval_seconds": 0,
        }
    )
    host, port = endpoint.url.removeprefix("http://").split(":")

    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect((host, int(port)))
        client.sendall(
            f"POST /stream HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        deadline = time.monotonic() + 20
        while len(pipeline.batches) < 100 and time.monotonic() < deadline:
            time.sleep(0.01)
        client.settimeout(20)
        received = b"".join(iter(lambda: client.recv(1 << 20), b""))

    assert received.count(b'"step":') < 90
    assert received.count(b'"final":true') == 1
    assert received.endswith(b"\r\n0\r\n\r\n")
