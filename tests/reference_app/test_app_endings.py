"""How a stream ends, each time over a real connection."""

import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from reference_app.pipelines.protocol import GenerationRequest
from reference_app.pipelines.simulated import SimulatedDenoising, SimulatedPipeline

STEP_SECONDS = 0.1
LONG = {"prompt": "a", "num_inference_steps": 100}
SHORT = {"prompt": "a", "num_inference_steps": 2}


class OutOfMemory(SimulatedPipeline):
    """Finds no memory, in the words of torch: for prompts that say so, where they say."""

    def begin(self, request: GenerationRequest) -> SimulatedDenoising:
        if request.prompt == "too much":
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB.")
        return SimulatedPipeline.begin(self, request)

    def step(self, batch: Any) -> None:
        if any(item.request.prompt == "too much later" and item.steps_done == 3 for item in batch):
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB.")
        SimulatedPipeline.step(self, batch)


def _payload(block: str) -> Any:
    return json.loads(block.removeprefix("data: "))


def _error(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event["error"].items() if name != "request_id"}


def test_a_client_that_hangs_up_stops_the_pipeline_within_one_step(
    serve: Callable[..., Any], watch: Callable[..., Any]
) -> None:
    """After the connection is closed at most the step that was running is finished, and the next request starts."""
    pipeline = watch(SimulatedPipeline(step_seconds=STEP_SECONDS, lanes=1))
    endpoint = serve(pipeline)

    blocks = endpoint.blocks(**LONG)
    next(blocks)
    blocks.close()
    steps_at_hang_up = len(pipeline.batches)
    final = endpoint.events(**SHORT)[-1]

    assert final["final"] is True
    assert len(pipeline.batches) <= steps_at_hang_up + 1 + SHORT["num_inference_steps"]


def test_a_client_that_leaves_the_plain_route_stops_the_pipeline(
    serve: Callable[..., Any], watch: Callable[..., Any]
) -> None:
    """Nobody is left to have the picture, so it is not drawn."""
    pipeline = watch(SimulatedPipeline(step_seconds=STEP_SECONDS, lanes=1))
    endpoint = serve(pipeline)

    with pytest.raises(httpx.ReadTimeout):
        endpoint.client.post(f"{endpoint.url}/", json=LONG, timeout=0.4)
    time.sleep(0.2 + 3 * STEP_SECONDS)

    assert pipeline.is_at_rest(3 * STEP_SECONDS)
    assert len(pipeline.batches) < 15


def test_a_client_that_leaves_the_line_frees_its_place(serve: Callable[..., Any], watch: Callable[..., Any]) -> None:
    """Who waits and hangs up is neither drawn nor counted."""
    pipeline = watch(SimulatedPipeline(step_seconds=STEP_SECONDS, lanes=1))
    endpoint = serve(pipeline, max_waiting=1)

    running = endpoint.blocks(prompt="a", num_inference_steps=20)
    next(running)
    waiting = endpoint.blocks(prompt="b", num_inference_steps=20)
    next(waiting)
    refused = endpoint.client.post(f"{endpoint.url}/stream", json=SHORT)
    waiting.close()
    time.sleep(2 * STEP_SECONDS)
    final = endpoint.events(**SHORT)[-1]
    running.close()

    assert refused.status_code == 409
    assert final["final"] is True
    assert len(pipeline.batches) <= 22 + 1


def test_a_full_queue_refuses_in_fals_form(serve: Callable[..., Any]) -> None:
    """The answer is a 409 with a detail list: a 503 would end the runner, a 429 would mean the caller's own rate."""
    endpoint = serve(SimulatedPipeline(step_seconds=STEP_SECONDS, lanes=1), max_waiting=0)

    running = endpoint.blocks(**LONG)
    next(running)
    refused = endpoint.client.post(f"{endpoint.url}/stream", json=SHORT, headers={"x-fal-request-id": "r1"})
    running.close()

    assert refused.status_code == 409
    assert refused.headers["x-request-id"] == "r1"
    message = "Too many generations wait already; try again in a moment."
    assert refused.json() == {"detail": [{"loc": [], "msg": message, "type": "queue_full"}]}


def test_who_waits_is_told_the_position(serve: Callable[..., Any]) -> None:
    """Comments count down while the generations before are drawn, and the final event says how long it took."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.1, lanes=1), heartbeat_seconds=0.3)
    body = {"prompt": "a", "num_inference_steps": 15}

    def read(delay_seconds: float) -> list[str]:
        time.sleep(delay_seconds)
        return [block for _, block in endpoint.blocks(**body)]

    with ThreadPoolExecutor(3) as threads:
        first, second, third = threads.map(read, (0.0, 0.2, 0.4))

    assert [block for block in first if "position" in block] == []
    assert ": waiting, position 1" in second
    assert list(dict.fromkeys(block for block in third if "position" in block)) == [
        ": waiting, position 2",
        ": waiting, position 1",
    ]
    assert _payload(third[-1])["timings"]["queue_seconds"] > 1.0


def test_fal_can_cancel_a_stream_by_its_request_id(serve: Callable[..., Any], watch: Callable[..., Any]) -> None:
    """A POST to `/stream/cancel` with the same request id ends that stream with an error event, and no other."""
    pipeline = watch(SimulatedPipeline(step_seconds=STEP_SECONDS))
    endpoint = serve(pipeline)
    endpoint.client.headers["x-fal-request-id"] = "request-1"

    blocks = endpoint.blocks(**LONG)
    next(blocks)
    unknown = endpoint.client.post(f"{endpoint.url}/stream/cancel", headers={"x-fal-request-id": "request-2"})
    known = endpoint.client.post(f"{endpoint.url}/stream/cancel")
    rest = [_payload(block) for _, block in blocks]

    assert unknown.json() == {"cancelled": False}
    assert known.json() == {"cancelled": True}
    message = "The generation was cancelled."
    assert rest[-1] == {"error": {"message": message, "type": "cancelled", "request_id": "request-1"}}
    assert len(pipeline.batches) < 20


def test_a_failure_on_the_way_ends_the_stream_with_an_error_event(
    serve: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The error comes last and says nothing about the server; the log has the traceback under the same request id."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.01, fail_at_step=4))

    with caplog.at_level(logging.ERROR, logger="reference_app"):
        events = endpoint.events(prompt="a", num_inference_steps=10)

    assert len(events) == 2
    assert _error(events[-1]) == {"message": "The generation failed after 3 of 10 steps.", "type": "internal_error"}
    assert "SimulatedFailureError" in caplog.text
    assert events[-1]["error"]["request_id"] in caplog.text


def test_a_failure_before_the_first_event_is_an_http_error(serve: Callable[..., Any]) -> None:
    """The stream is answered with 500 and fal's detail list, and no event stream is begun."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0, fail_at_step=0))

    response = endpoint.client.post(f"{endpoint.url}/stream", json=SHORT)

    message = "The generation failed after 0 of 2 steps."
    assert response.status_code == 500
    assert response.json() == {"detail": [{"loc": [], "msg": message, "type": "internal_error"}]}


def test_a_failure_is_a_server_error_on_the_plain_route(serve: Callable[..., Any]) -> None:
    """`/` answers 500 with the same detail and no traceback."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0, fail_at_step=1))

    response = endpoint.client.post(f"{endpoint.url}/", json=SHORT)

    assert response.status_code == 500
    assert [item["type"] for item in response.json()["detail"]] == ["internal_error"]


def test_a_failure_leaves_the_lane_free(serve: Callable[..., Any]) -> None:
    """With room for one generation at a time, the one after a failure is answered too."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0, fail_at_step=5, lanes=1))

    failed = endpoint.events(prompt="a", num_inference_steps=5)
    succeeded = endpoint.events(prompt="a", num_inference_steps=4)

    assert "error" in failed[-1]
    assert succeeded[-1]["final"] is True


def test_too_little_memory_before_the_first_event_is_left_to_fal(serve: Callable[..., Any]) -> None:
    """Fal turns it into the 503 that replaces the runner."""
    endpoint = serve(OutOfMemory(step_seconds=0.0))

    assert endpoint.client.post(f"{endpoint.url}/stream", json={"prompt": "too much"}).status_code == 503


def test_too_little_memory_on_the_way_is_an_error_event(serve: Callable[..., Any]) -> None:
    """The stream says so; the runner, whose memory is free again, goes on."""
    endpoint = serve(OutOfMemory(step_seconds=0.01, lanes=1))

    failed = endpoint.events(prompt="too much later", num_inference_steps=10)[-1]
    succeeded = endpoint.events(**SHORT)[-1]

    message = "There is not enough memory for this request now."
    assert _error(failed) == {"message": message, "type": "out_of_memory"}
    assert succeeded["final"] is True


def test_shutting_down_lets_finish_what_has_the_time(serve: Callable[..., Any]) -> None:
    """A stream that can end within the grace period ends with its picture, another one at once with an error."""
    endpoint = serve(SimulatedPipeline(step_seconds=STEP_SECONDS))

    short = endpoint.blocks(prompt="a", num_inference_steps=15)
    next(short)
    long = endpoint.blocks(**LONG)
    next(long)
    endpoint.shut_down()
    *_, last_of_long = long
    *_, last_of_short = short

    assert _error(_payload(last_of_long[1]))["type"] == "shutting_down"
    assert _payload(last_of_short[1])["final"] is True
