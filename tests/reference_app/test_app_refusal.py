"""What a status makes fal do with the runner."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import HTTPException

from reference_app.events import ErrorType
from reference_app.outcome import Failure
from reference_app.pipelines.protocol import GenerationRequest
from reference_app.pipelines.simulated import SimulatedDenoising, SimulatedPipeline
from reference_app.refusal import refusal


class LostDevice(SimulatedPipeline):
    """Fails as torch does when the GPU has gone: from then on, always."""

    def begin(self, request: GenerationRequest) -> SimulatedDenoising:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")


@pytest.mark.parametrize("path", ["/stream", "/"])
def test_a_lost_gpu_ends_the_runner(serve: Callable[..., Any], path: str) -> None:
    """A 503, upon which fal takes another one; the words of the driver stay in the log."""
    endpoint = serve(LostDevice(step_seconds=0.0))

    answer = endpoint.client.post(f"{endpoint.url}{path}", json={"prompt": "a", "num_inference_steps": 3})

    message = "The generation failed after 0 of 3 steps."
    assert answer.status_code == 503
    assert answer.json() == {"detail": [{"loc": [], "msg": message, "type": "internal_error"}]}


@pytest.mark.parametrize("kind", [kind for kind in ErrorType if kind is not ErrorType.OUT_OF_MEMORY])
def test_nothing_else_ends_the_runner(kind: ErrorType) -> None:
    """A request that fails for reasons of its own leaves the others' runner alone."""
    error = refusal(Failure(type=kind, message="m", cause=ValueError("CUDA error in a prompt")), "r1")

    assert isinstance(error, HTTPException)
    assert error.status_code != 503


def test_every_answer_names_the_request(serve: Callable[..., Any]) -> None:
    """The id that fal gave, or a new one, so that a caller can quote what the log has."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))
    body = {"prompt": "a", "num_inference_steps": 1}

    given = [
        endpoint.client.post(f"{endpoint.url}{path}", json=body, headers={"x-fal-request-id": "r1"})
        for path in ("/stream", "/")
    ]
    drawn = [endpoint.client.post(f"{endpoint.url}{path}", json=body) for path in ("/stream", "/")]

    assert [answer.headers["x-request-id"] for answer in given] == ["r1", "r1"]
    assert len({answer.headers["x-request-id"] for answer in drawn} - {"r1"}) == 2


def test_no_proxy_keeps_a_stream_back(serve: Callable[..., Any]) -> None:
    """Neither a cache, nor a compressor, nor nginx's buffer."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))

    headers = endpoint.client.post(f"{endpoint.url}/stream", json={"prompt": "a", "num_inference_steps": 1}).headers

    assert headers["cache-control"] == "no-cache, no-transform"
    assert headers["x-accel-buffering"] == "no"
