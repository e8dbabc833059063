"""Real fal.Apps on loopback, served by uvicorn as on a runner."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reference_app.local_server import LocalServer, listen

ServeApp = Callable[[Any], str]


@pytest.fixture(scope="module")
def serve_app() -> Iterator[ServeApp]:
    """Start apps, each on its own port; all of them end with the module."""
    running: list[tuple[LocalServer, threading.Thread]] = []

    def start(app_class: Any) -> str:
        started = threading.Event()
        server = LocalServer(app_class, listener=listen("127.0.0.1", 0), on_started=lambda url: started.set())
        thread = threading.Thread(target=server.serve_until_stopped, daemon=True)
        thread.start()
        running.append((server, thread))
        assert started.wait(60)
        return server.url

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(10)
