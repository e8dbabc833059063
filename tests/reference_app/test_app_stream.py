import base64
import io
import itertools
import json
import logging
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image

from reference_app.pipelines.protocol import GenerationRequest, PipelineDefaults, Step
from reference_app.pipelines.simulated import SimulatedPipeline


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
    endpoint = serve(SimulatedPipeline(step_seconds=0.03))

    *previews, final = endpoint.events(prompt="caf\u00e9 \u2603", num_inference_steps=11, seed=5, width=640, height=320)

    assert [preview["step"] for preview in previews] == [1, 6, 11]
    assert [preview["progress"] for preview in previews] == [0.0909, 0.5455, 1.0]
    assert all(preview.keys() == {"step", "total_steps", "progress", "image"} for preview in previews)
    assert all(_decoded(preview["image"]).size == (512, 256) for preview in previews)
    assert final.keys() == {"final", "images", "seed", "prompt", "timings"}
    assert final["final"] is True
    assert (final["seed"], final["prompt"]) == (5, "caf\u00e9 \u2603")
    assert _decoded(final["images"][0]).size == (640, 320)
    assert final["timings"]["inference_seconds"] >= 0.33


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


def test_a_client_that_hangs_up_stops_the_pipeline_within_one_step(
    serve: Callable[..., Any], watch: Callable[..., Any]
) -> None:
    """After the connection is closed at most the step that was running is finished."""
    pipeline = watch(SimulatedPipeline(step_seconds=0.4))
    endpoint = serve(pipeline)

    blocks = endpoint.blocks(prompt="a", num_inference_steps=50)
    next(blocks)
    blocks.close()
    done_at_hang_up = len(pipeline.steps)

    assert pipeline.ended.acquire(timeout=2)
    assert len(pipeline.steps) <= done_at_hang_up + 1


def test_fal_can_cancel_a_stream_by_its_request_id(serve: Callable[..., Any], watch: Callable[..., Any]) -> None:
    """A POST to `/stream/cancel` with the same request id ends that stream with an error event, and no other."""
    pipeline = watch(SimulatedPipeline(step_seconds=0.1))
    endpoint = serve(pipeline)
    endpoint.client.headers["x-fal-request-id"] = "request-1"

    blocks = endpoint.blocks(prompt="a", num_inference_steps=50)
    next(blocks)
    unknown = endpoint.client.post(f"{endpoint.url}/stream/cancel", headers={"x-fal-request-id": "request-2"})
    known = endpoint.client.post(f"{endpoint.url}/stream/cancel")
    rest = [json.loads(block.removeprefix("data: ")) for _, block in blocks]

    assert unknown.json() == {"cancelled": False}
    assert known.json() == {"cancelled": True}
    assert rest[-1] == {"error": {"message": "The generation was cancelled.", "type": "cancelled"}}
    assert len(pipeline.steps) < 20


def test_a_failing_pipeline_ends_the_stream_with_an_error_event(
    serve: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The error comes last, says nothing about the server, and the traceback is in the log."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.01, fail_at_step=4))

    with caplog.at_level(logging.ERROR, logger="reference_app"):
        events = endpoint.events(prompt="a", num_inference_steps=10)

    assert len(events) == 2
    assert events[-1] == {"error": {"message": "The generation failed after 3 of 10 steps.", "type": "internal_error"}}
    assert "SimulatedFailureError" in caplog.text


def test_a_failing_pipeline_is_a_server_error_on_the_plain_route(serve: Callable[..., Any]) -> None:
    """`/` answers 500 with a detail and no traceback."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0, fail_at_step=1))

    response = endpoint.client.post(f"{endpoint.url}/", json={"prompt": "a", "num_inference_steps": 2})

    assert response.status_code == 500
    assert response.json() == {"detail": "The generation failed after 0 of 2 steps."}


def test_a_failure_leaves_the_worker_free(serve: Callable[..., Any], watch: Callable[..., Any]) -> None:
    """With room for one generation at a time, the one after a failure is answered too."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0, fail_at_step=5, concurrency=1))

    failed = endpoint.events(prompt="a", num_inference_steps=5)
    succeeded = endpoint.events(prompt="a", num_inference_steps=4)

    assert "error" in failed[-1]
    assert succeeded[-1]["final"] is True


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
        {"prompt": f"prompt {i}", "seed": i, "num_inference_steps": 10 + i, "width": 64 + 8 * i, "height": 64}
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


def test_a_generation_that_waits_is_told_how_long(serve: Callable[..., Any]) -> None:
    """With room for one at a time the second of two waits for the first, and reports it."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.05, concurrency=1))
    body = {"prompt": "a", "num_inference_steps": 6}

    with ThreadPoolExecutor(2) as threads:
        finals = [events[-1] for events in threads.map(lambda _: endpoint.events(**body), range(2))]

    waits = sorted(final["timings"]["queue_seconds"] for final in finals)
    assert waits[0] < 0.1
    assert waits[1] > 0.15


@dataclass(frozen=True, kw_only=True)
class _NoisePipeline:
    """Previews too big for the buffers between server and client."""

    picture: Image.Image
    steps_done: list[int]
    all_done: threading.Event
    name: str = "noise"
    concurrency: int = 1

    @property
    def defaults(self) -> PipelineDefaults:
        return PipelineDefaults(width=512, height=512, guidance_scale=1.0)

    def generate(self, request: GenerationRequest, *, on_step: Callable[[Step], None]) -> Image.Image:
        for index in range(request.num_inference_steps):
            on_step(Step(index=index, total=request.num_inference_steps, render=lambda: self.picture))
            self.steps_done.append(index)
        self.all_done.set()
        return self.picture


def test_a_client_that_does_not_read_never_slows_the_pipeline(serve: Callable[..., Any]) -> None:
    """All steps are done while the client reads nothing; it misses previews and still gets the final event."""
    bands = [Image.effect_noise((512, 512), 120) for _ in range(3)]
    pipeline = _NoisePipeline(picture=Image.merge("RGB", bands), steps_done=[], all_done=threading.Event())
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
        assert pipeline.all_done.wait(timeout=20)
        client.settimeout(20)
        received = b"".join(iter(lambda: client.recv(1 << 20), b""))

    assert received.count(b'"step":') < 90
    assert received.count(b'"final":true') == 1
    assert received.endswith(b"\r\n0\r\n\r\n")
