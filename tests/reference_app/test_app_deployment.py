"""What can be known of a deployment without an account."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from reference_app.app import StreamSDXL
from reference_app.pipelines.choice import COMPILE_VARIABLE, EMBEDDED, is_compiled, load_pipeline
from reference_app.pipelines.sdxl import DEFAULT_MAX_BATCH

ROOT = Path(__file__).parents[2]
_SHIPPING = Path(__file__).with_name("shipping.py")
# On the runner already: fal sends itself, and these come with it.
_COME_WITH_FAL = {"fal", "fastapi", "uvicorn"}


def _name(requirement: str) -> str:
    match = re.match(r"[\w.-]+", requirement)
    assert match is not None
    return match[0]


def test_the_runner_gets_what_the_app_was_tested_with() -> None:
    """`requirements` of the deployment are those of the `app` extra, to the letter."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extra = [item for item in project["optional-dependencies"]["app"] if _name(item) not in _COME_WITH_FAL]

    assert sorted(extra) == StreamSDXL.requirements


def test_as_many_requests_come_as_share_a_step() -> None:
    """More would wait in this process, where no other runner can take them."""
    assert StreamSDXL.max_multiplexing == DEFAULT_MAX_BATCH


def test_the_grace_period_is_one_that_fal_grants() -> None:
    """Fal ends a runner after 30 seconds at most, whatever it was asked for."""
    assert 0 < StreamSDXL.termination_grace_period_seconds <= 30


def test_fal_hears_of_every_setting() -> None:
    """What is sent with a deployment, as fal itself puts it together."""
    expected = {
        "app_files": ["reference_app"],
        "app_files_context_dir": "..",
        "keep_alive": 300,
        "max_multiplexing": 4,
        "request_timeout": 120,
        "startup_timeout": 900,
        "termination_grace_period_seconds": 5,
    }

    assert {name: StreamSDXL.host_kwargs[name] for name in expected} == expected
    assert StreamSDXL.machine_type == "GPU-H100"


def test_the_metadata_of_a_deployment_has_every_route() -> None:
    """Fal's pages about the app are made from this document."""
    paths: dict[str, Any] = StreamSDXL.build_metadata()["openapi"]["paths"]

    assert sorted(paths) == ["/", "/health", "/stream", "/stream/cancel"]


@pytest.mark.slow
# torch 2 tensors do not know the copy argument with which numpy 2 calls them inside diffusers' schedulers.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
def test_the_network_is_compiled_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, for any number of pictures; compiling itself takes minutes and is not tried here."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr("torch.nn.Module.compile", lambda _network, **options: asked.append(options))

    monkeypatch.setenv(COMPILE_VARIABLE, "1")
    load_pipeline(EMBEDDED)
    monkeypatch.setenv(COMPILE_VARIABLE, "0")
    load_pipeline(EMBEDDED)

    assert asked == [{"dynamic": True}]


def test_a_variable_that_says_neither_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read, against what was expected."""
    monkeypatch.setenv(COMPILE_VARIABLE, "yes")

    with pytest.raises(ValueError, match="REFERENCE_APP_COMPILE is 'yes', expected 0 or 1"):
        is_compiled()


@pytest.fixture
def runner(tmp_path: Path, free_ports: list[int], wait_until_healthy: Callable[..., None]) -> Iterator[tuple[str, str]]:
    """The app's and its metrics' address on a machine that was sent the app: its files, and its code by value."""
    parcel, disk = tmp_path / "parcel", tmp_path / "disk"
    send = [sys.executable, "-m", "tests.reference_app.shipping", str(parcel)]
    subprocess.run(send, cwd=ROOT, check=True, timeout=60, capture_output=True)
    ignore = shutil.ignore_patterns("__pycache__", "training")
    shutil.copytree(ROOT / "reference_app", disk / "reference_app", ignore=ignore)
    # Fal leaves this file out, because it is in the parcel.
    (disk / "reference_app" / "app.py").unlink()
    port, metrics_port = free_ports
    receive = [sys.executable, str(_SHIPPING), str(parcel), str(port), str(metrics_port)]
    environment = {**os.environ, "REFERENCE_APP_PIPELINE": "embedded"}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(receive, cwd=disk, env=environment, stdout=subprocess.DEVNULL, stderr=log)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{metrics_port}"
        process.terminate()
        assert process.wait(timeout=15) in {0, 143, -signal.SIGTERM}
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_it_works_where_fal_sends_it(runner: tuple[str, str], tmp_path: Path) -> None:
    """Streams, page, metrics and log, from nothing but what a deployment sends.

    Modules travel by value: whatever they hold is copied, locks and registries included, and only a run shows whether
    the copy is still the thing.
    """
    url, metrics_url = runner

    stream = httpx.post(f"{url}/stream", json={"prompt": "a red circle", "num_inference_steps": 4}, timeout=60).text
    page = httpx.get(f"{url}/playground/", timeout=10)
    metrics = httpx.get(f"{metrics_url}/metrics", timeout=10).text

    assert '"final":true' in stream
    assert page.status_code == 200
    assert 'stream_sdxl_generations_total{outcome="finished"} 1.0' in metrics
    assert 'http_requests_total{app_name="fal",method="POST",path="/stream",status_code="200"} 1.0' in metrics
    assert '"outcome": "finished"' in (tmp_path / "log").read_text("utf-8")
