"""Serve the application on a real socket, with any pipeline, and read its stream without any of its own code."""

import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx
import pytest

from reference_app.app import StreamSDXL
from reference_app.local_server import LocalServer, listen
from reference_app.pipelines.protocol import GenerationRequest, Pipeline, PipelineDefaults


@dataclass(kw_only=True)
class Endpoint:
    """A running application and a client of it."""

    url: str
    client: httpx.Client
    shut_down: Callable[[], None]

    def blocks(self, **payload: Any) -> Iterator[tuple[float, str]]:
        """Every block up to a blank line, with the instant it was complete."""
        with self.client.stream("POST", f"{self.url}/stream", json=payload) as response:
            assert response.status_code == 200, response.read()
            rest = ""
            for text in response.iter_text():
                *blocks, rest = (rest + text).split("\n\n")
                now = time.monotonic()
                yield from ((now, block) for block in blocks)
            assert rest == ""

    def events(self, **payload: Any) -> list[dict[str, Any]]:
        """The payload of every event, comments left out."""
        blocks = (block for _, block in self.blocks(**payload))
        return [json.loads(block.removeprefix("data: ")) for block in blocks if not block.startswith(":")]


@dataclass(kw_only=True)
class WatchedPipeline:
    """Passes everything on, and remembers how many pictures shared each step."""

    pipeline: Pipeline[Any]
    batches: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.pipeline.name

    @property
    def defaults(self) -> PipelineDefaults:
        return self.pipeline.defaults

    @property
    def lanes(self) -> int:
        return self.pipeline.lanes

    @property
    def max_batch(self) -> int:
        return self.pipeline.max_batch

    def begin(self, request: GenerationRequest) -> Any:
        return self.pipeline.begin(request)

    def step(self, batch: Sequence[Any]) -> None:
        self.batches.append(len(batch))
        self.pipeline.step(batch)

    def is_at_rest(self, seconds: float) -> bool:
        """Whether no step is begun for so long."""
        before = len(self.batches)
        time.sleep(seconds)
        return len(self.batches) == before


@pytest.fixture
def watch() -> Callable[[Pipeline[Any]], WatchedPipeline]:
    return lambda pipeline: WatchedPipeline(pipeline=pipeline)


@pytest.fixture
def serve() -> Iterator[Callable[..., Endpoint]]:
    """Start the application with a pipeline; everything is stopped when the test ends."""
    stops: list[Callable[[], None]] = []

    def start(pipeline: Pipeline[Any], *, heartbeat_seconds: float = 10.0, max_waiting: int = 16) -> Endpoint:
        server = LocalServer(_app_with(pipeline, heartbeat_seconds, max_waiting), listener=listen("127.0.0.1", 0))
        thread = threading.Thread(target=server.serve_until_stopped)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        client = httpx.Client(timeout=30)

        def stop() -> None:
            client.close()
            server.should_exit = True
            thread.join(timeout=15)
            assert not thread.is_alive(), "the server did not stop"

        stops.append(stop)
        return Endpoint(url=server.url, client=client, shut_down=lambda: setattr(server, "should_exit", True))

    yield start
    for stop in stops:
        stop()


def _app_with(pipeline: Pipeline[Any], seconds: float, waiting: int) -> type[StreamSDXL]:
    class AppOfThisTest(StreamSDXL):
        heartbeat_seconds: ClassVar[float] = seconds
        max_waiting: ClassVar[int] = waiting

        def load_pipeline(self) -> Pipeline[Any]:
            return pipeline

    return AppOfThisTest


@pytest.fixture
def free_ports() -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports


@pytest.fixture
def wait_until_healthy() -> Callable[[str, subprocess.Popen[Any]], None]:
    """Wait for an application in a process of its own."""
    return _wait_until_healthy


def _wait_until_healthy(url: str, process: subprocess.Popen[Any]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the application did not become healthy")
