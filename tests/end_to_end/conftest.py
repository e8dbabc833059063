"""Real fal.Apps on loopback, served by uvicorn as on a runner."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from reference_app.local_server import LocalServer, listen


class ServeApp(Protocol):
    """Starts an app on a port of its own and gives its URL; with a certificate, over TLS."""

    def __call__(self, app_class: Any, *, certificate: Path | None = None) -> str:
        """Return the base URL of the app, which has started."""
        ...


@pytest.fixture(scope="module")
def serve_app() -> Iterator[ServeApp]:
    """Start apps, each on its own port; all of them end with the module."""
    running: list[tuple[LocalServer, threading.Thread]] = []

    def start(app_class: Any, *, certificate: Path | None = None) -> str:
        started = threading.Event()
        server = LocalServer(app_class, listener=listen("127.0.0.1", 0), on_started=lambda url: started.set())
        server.config.ssl_certfile = certificate
        thread = threading.Thread(target=server.serve_until_stopped, daemon=True)
        thread.start()
        running.append((server, thread))
        assert started.wait(60)
        return server.url if certificate is None else server.url.replace("http", "https", 1)

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(10)
