import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from reference_app.__main__ import main

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--pipeline", "nonsense"], "Unknown pipeline 'nonsense': expected 'embedded'"),
        (["--port", "70000"], "70000"),
        (["--step-seconds", "-1"], "-1"),
        (["--host", "192.0.2.1", "--port", "0", "--pipeline", "simulated"], "Cannot listen on 192.0.2.1"),
    ],
    ids=lambda value: value[1] if isinstance(value, list) else "",
)
def test_bad_usage_exits_with_2_and_says_why(arguments: list[str], complaint: str) -> None:
    """The message quotes what was given, and names what is possible."""
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 2
    assert complaint in result.output


@pytest.mark.slow
@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_it_serves_and_stops_cleanly_in_the_middle_of_a_stream(signal_number: signal.Signals) -> None:
    """It prints its address, streams, and a signal ends it soon without a traceback, whatever is running."""
    command = [sys.executable, "-m", "reference_app", "--port", "0", "--pipeline", "simulated", "--step-seconds", "0.1"]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        ready = next(line for line in process.stdout if line.startswith("Ready: POST "))
        url = ready.split()[2]
        with httpx.stream("POST", url, json={"prompt": "a", "num_inference_steps": 100}, timeout=10) as response:
            chunks = response.iter_raw()
            assert next(chunks).startswith(b'data: {"step":1,')
            process.send_signal(signal_number)
            signalled = time.monotonic()
            end = b"".join(chunks)
        output = process.stdout.read()
        code = process.wait(timeout=15)

    assert code in {0, -signal_number}
    assert time.monotonic() - signalled < 4
    assert b'data: {"error":{"message":"The server is shutting down; send the request again.",' in end
    assert "Traceback" not in output


@pytest.mark.slow
def test_metrics_are_served_where_they_are_asked_for() -> None:
    """The address is printed, it is a loopback one, and it answers as soon as the app does."""
    options = ["--port", "0", "--metrics-port", "0", "--pipeline", "simulated"]
    with subprocess.Popen(
        [sys.executable, "-m", "reference_app", *options], cwd=_ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = next(line for line in process.stdout if line.startswith("Metrics: GET ")).split()[2]
        next(line for line in process.stdout if line.startswith("Ready: POST "))
        metrics = httpx.get(url, timeout=10).text
        process.terminate()

    assert url.startswith("http://127.0.0.1:")
    assert "stream_sdxl_generations_running 0.0" in metrics


def test_a_metrics_port_that_is_taken_is_bad_usage(free_ports: list[int]) -> None:
    """Who asked for metrics does not get an app without them."""
    with socket.create_server(("127.0.0.1", free_ports[0])):
        options = ["--port", "0", "--pipeline", "simulated", "--metrics-port", str(free_ports[0])]
        result = CliRunner().invoke(main, options)

    assert result.exit_code == 2
    assert f"Cannot listen on 127.0.0.1 port {free_ports[0]}: Address already in use." in result.output


@pytest.mark.slow
def test_fals_own_tool_runs_it(free_ports: list[int], wait_until_healthy: Callable[..., None]) -> None:
    """`fal run --local` serves the same stream, event by event, our metrics beside its own, and stops on SIGTERM."""
    port, metrics_port = free_ports
    command = [
        str(Path(sys.executable).parent / "fal"),
        *("run", "--local", "reference_app/app.py::StreamSDXL"),
        *("--exposed-port", str(port), "--exposed-metrics-port", str(metrics_port)),
    ]
    environment = {**os.environ, "REFERENCE_APP_PIPELINE": "simulated", "REFERENCE_APP_STEP_SECONDS": "0.1"}
    process = subprocess.Popen(
        command, cwd=_ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process)
        body = {"prompt": "a", "num_inference_steps": 11}
        with httpx.stream("POST", f"http://127.0.0.1:{port}/stream", json=body, timeout=10) as response:
            instants = [time.monotonic() for chunk in response.iter_raw() if chunk.startswith(b"data: ")]
        metrics = httpx.get(f"http://127.0.0.1:{metrics_port}/metrics", timeout=10).text
    finally:
        process.terminate()
        code = process.wait(timeout=15)

    assert len(instants) == 4
    assert instants[-1] - instants[0] > 0.8
    assert 'stream_sdxl_generations_total{outcome="finished"} 1.0' in metrics
    assert "stream_sdxl_previews_sent_total 3.0" in metrics
    assert code in {143, -signal.SIGTERM}
