"""The log of a generation: one line at its end, for people and for machines."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from reference_app.json_log import JsonFormatter
from reference_app.pipelines.simulated import SimulatedPipeline

_ROOT = Path(__file__).parents[2]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    """What a log file would hold, read back."""
    caplog.set_level(logging.INFO, logger="reference_app")
    return lambda: [json.loads(JsonFormatter().format(record)) for record in caplog.records]


def _but(line: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in names}


def test_a_finished_generation_is_one_line(
    serve: Callable[..., Any], lines: Callable[[], list[dict[str, Any]]]
) -> None:
    """Who asked, what for, how it ended, where the time went; and not what the picture was to show."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.02))
    endpoint.client.headers["x-fal-request-id"] = "request-1"

    body = {"prompt": "a secret", "negative_prompt": "and another", "seed": 7, "num_inference_steps": 10}
    final = endpoint.events(**body)[-1]
    (line,) = lines()

    assert _but(line, "time", "queue_seconds", "inference_seconds", "first_preview_seconds") == {
        "level": "INFO",
        "logger": "reference_app.generation_record",
        "message": "Generation request-1: finished",
        "request_id": "request-1",
        "outcome": "finished",
        "seed": 7,
        "num_images": 1,
        "width": 512,
        "height": 512,
        "guidance_scale": 5.0,
        "total_steps": 10,
        "steps_done": 10,
        "steps_by_pictures": {"1": 10},
    }
    assert line["queue_seconds"] == final["timings"]["queue_seconds"]
    assert (
        final["timings"]["inference_seconds"] <= line["inference_seconds"] < final["timings"]["inference_seconds"] + 1
    )
    assert 0.02 < line["first_preview_seconds"] < 1
    assert line["time"].endswith("+00:00")
    assert "secret" not in json.dumps(line)


def test_a_failure_is_one_line_with_its_traceback(
    serve: Callable[..., Any], lines: Callable[[], list[dict[str, Any]]]
) -> None:
    """The caller gets a request id, and under that id the log has what was raised and where."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0, fail_at_step=4))

    error = endpoint.events(prompt="a", num_inference_steps=10)[-1]["error"]
    (line,) = lines()

    assert (line["level"], line["outcome"], line["steps_done"]) == ("ERROR", "internal_error", 3)
    assert line["request_id"] == error["request_id"]
    assert line["traceback"].startswith("Traceback (most recent call last):")
    assert line["traceback"].endswith("SimulatedFailureError: told to fail at step 4")


def test_a_client_that_leaves_is_no_error(serve: Callable[..., Any], lines: Callable[[], list[dict[str, Any]]]) -> None:
    """It happens all day and nobody need look: INFO, and the steps that were done for nothing."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.05, lanes=1))

    blocks = endpoint.blocks(prompt="a", num_inference_steps=100)
    next(blocks)
    blocks.close()
    endpoint.events(prompt="b", num_inference_steps=1)
    first, _second = lines()

    assert (first["level"], first["outcome"]) == ("INFO", "client_gone")
    assert 1 <= first["steps_done"] < 20


def test_a_refused_request_is_one_line(serve: Callable[..., Any], lines: Callable[[], list[dict[str, Any]]]) -> None:
    """Whoever was told to come back later can be found."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.05, lanes=1), max_waiting=0)

    blocks = endpoint.blocks(prompt="a", num_inference_steps=100)
    next(blocks)
    endpoint.client.post(f"{endpoint.url}/stream", json={"prompt": "b"}, headers={"x-fal-request-id": "request-2"})
    (line,) = lines()
    blocks.close()

    assert (line["request_id"], line["outcome"], line["inference_seconds"]) == ("request-2", "queue_full", 0.0)


def test_a_line_is_one_line_of_ascii_whatever_it_says() -> None:
    """A request id comes from outside: it cannot begin a line of its own or speak to a terminal."""
    record = logging.makeLogRecord({"msg": "Generation %s", "args": ('é"\n{"level": "INFO"}\x1b[2J',)})

    line = JsonFormatter().format(record)

    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == 'Generation é"\n{"level": "INFO"}\x1b[2J'


@pytest.mark.slow
def test_a_started_app_logs_to_standard_error() -> None:
    """Lines of JSON, and nothing else, come from `python -m reference_app`; its output is for people."""
    command = [sys.executable, "-m", "reference_app", "--port", "0", "--pipeline", "simulated", "--step-seconds", "0"]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        ready = next(line for line in app.stdout if line.startswith("Ready: POST "))
        httpx.post(ready.split()[2], json={"prompt": "a", "num_inference_steps": 1}).raise_for_status()
        app.terminate()
        _, errors = app.communicate(timeout=20)

    assert [json.loads(line)["outcome"] for line in errors.splitlines()] == ["finished"]
