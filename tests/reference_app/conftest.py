"""Serve the application on a real socket, with any pipeline, and read its stream without any of its own code."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx
import pytest

from reference_app.app import StreamSDXL
from reference_app.local_server import LocalServer, listen
from reference_app.pipelines.protocol import GenerationRequest, Pipeline, PipelineDefaults, Step


@dataclass(kw_only=True)
class Endpoint:
    """A running application and a client of it."""

    url: str
    client: httpx.Client

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
    """Passes everything on, and remembers which steps were done and how many generations ended."""

    pipeline: Pipeline
    steps: list[int] = field(default_factory=list)
    ended: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @property
    def name(self) -> str:
        return self.pipeline.name

    @property
    def defaults(self) -> PipelineDefaults:
        return self.pipeline.defaults

    @property
    def concurrency(self) -> int:
        return self.pipeline.concurrency

    def generate(self, request: GenerationRequest, *, on_step: Callable[[Step], None]) -> Any:
        def watched(step: Step) -> None:
            self.steps.append(step.index)
            on_step(step)

        try:
            return self.pipeline.generate(request, on_step=watched)
        finally:
            self.ended.release()


@pytest.fixture
def watch() -> Callable[[Pipeline], WatchedPipeline]:
    return lambda pipeline: WatchedPipeline(pipeline=pipeline)


@pytest.fixture
def serve() -> Iterator[Callable[..., Endpoint]]:
    """Start the application with a pipeline; everything is stopped when the test ends."""
    stops: list[Callable[[], None]] = []

    def start(pipeline: Pipeline, *, heartbeat_seconds: float = 10.0) -> Endpoint:
        server = LocalServer(_app_with(pipeline, heartbeat_seconds), listener=listen("127.0.0.1", 0))
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
        return Endpoint(url=server.url, client=client)

    yield start
    for stop in stops:
        stop()


def _app_with(pipeline: Pipeline, seconds: float) -> type[StreamSDXL]:
    class AppOfThisTest(StreamSDXL):
        heartbeat_seconds: ClassVar[float] = seconds

        def load_pipeline(self) -> Pipeline:
            return pipeline

    return AppOfThisTest
