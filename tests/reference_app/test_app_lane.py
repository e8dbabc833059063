"""Generations that share steps, over real connections."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from reference_app.pipelines.simulated import SimulatedDenoising, SimulatedPipeline

SHARED = SimulatedPipeline(step_seconds=0.05, lanes=1, max_batch=4)


class OneBadPrompt(SimulatedPipeline):
    """Cannot draw one prompt, and fails the whole step over it."""

    def step(self, batch: Sequence[SimulatedDenoising]) -> None:
        if any(denoising.request.prompt == "bad" and denoising.steps_done == 5 for denoising in batch):
            raise ValueError("a bad prompt")
        SimulatedPipeline.step(self, batch)


def _at_once(endpoint: Any, bodies: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    together = threading.Barrier(len(bodies))

    def read(body: dict[str, Any]) -> list[dict[str, Any]]:
        together.wait()
        events: list[dict[str, Any]] = endpoint.events(**body)
        return events

    with ThreadPoolExecutor(len(bodies)) as threads:
        return list(threads.map(read, bodies))


def test_requests_at_once_share_steps(serve: Callable[..., Any], watch: Callable[..., Any]) -> None:
    """Four requests of ten steps take little more than ten, and no step has more than four pictures."""
    pipeline = watch(SHARED)
    streams = _at_once(serve(pipeline), [{"prompt": f"p{i}", "num_inference_steps": 10} for i in range(4)])

    assert [events[-1]["prompt"] for events in streams] == ["p0", "p1", "p2", "p3"]
    assert max(pipeline.batches) == 4
    assert len(pipeline.batches) < 20


def test_requests_join_and_leave_between_steps(serve: Callable[..., Any], watch: Callable[..., Any]) -> None:
    """A short request is done long before the long one beside which it runs."""
    pipeline = watch(SHARED)
    endpoint = serve(pipeline)

    long = endpoint.blocks(prompt="long", num_inference_steps=60)
    next(long)
    short = endpoint.events(prompt="short", num_inference_steps=4)[-1]
    steps_when_short_was_done = len(pipeline.batches)
    long.close()

    assert short["timings"]["queue_seconds"] < 0.5
    assert steps_when_short_was_done < 40
    assert 2 in pipeline.batches


def test_sizes_that_cannot_share_take_turns(serve: Callable[..., Any], watch: Callable[..., Any]) -> None:
    """Two sizes in one lane both go on, never in one pass, and neither waits for the other to finish."""
    pipeline = watch(SHARED)
    bodies = [{"prompt": "a", "num_inference_steps": 20, "width": width} for width in (256, 512)]

    first, second = _at_once(serve(pipeline), bodies)

    assert (first[-1]["final"], second[-1]["final"]) == (True, True)
    assert pipeline.batches == [1] * 40
    assert max(events[-1]["timings"]["queue_seconds"] for events in (first, second)) < 0.7


def test_pictures_of_one_request_count_as_many(serve: Callable[..., Any], watch: Callable[..., Any]) -> None:
    """A request of three pictures leaves room for one more, and one of four is drawn alone."""
    pipeline = watch(SHARED)
    bodies = [{"prompt": "a", "num_inference_steps": 8, "num_images": number} for number in (3, 4, 1)]

    streams = _at_once(serve(pipeline), bodies)

    assert [len(events[-1]["images"]) for events in streams] == [3, 4, 1]
    assert max(pipeline.batches) <= 2


def test_the_fault_of_one_is_not_the_end_of_all(serve: Callable[..., Any], watch: Callable[..., Any]) -> None:
    """Of requests that share a step, only the one that cannot be drawn fails."""
    pipeline = watch(OneBadPrompt(step_seconds=0.05, lanes=1, max_batch=4))
    bodies = [{"prompt": prompt, "num_inference_steps": 10, "seed": 1} for prompt in ("good", "bad", "fine")]

    good, bad, fine = _at_once(serve(pipeline), bodies)

    assert bad[-1]["error"]["message"] == "The generation failed after 5 of 10 steps."
    assert [events[-1]["prompt"] for events in (good, fine)] == ["good", "fine"]
    assert max(pipeline.batches) == 3


def test_batching_can_be_switched_off(serve: Callable[..., Any], watch: Callable[..., Any], monkeypatch: Any) -> None:
    """With a batch of one, requests are drawn one after another, in order of arrival."""
    monkeypatch.setenv("REFERENCE_APP_MAX_BATCH", "1")
    pipeline = watch(SHARED)
    streams = _at_once(serve(pipeline), [{"prompt": "a", "num_inference_steps": 5} for _ in range(3)])

    waits = sorted(events[-1]["timings"]["queue_seconds"] for events in streams)
    assert pipeline.batches == [1] * 15
    assert waits[1] > 0.2
    assert waits[2] > 0.45
