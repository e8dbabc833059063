"""An app object on a real loopback socket, since framing and timing have none to be judged on otherwise."""

import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from conformance.core import ConformanceError, UsageError

__all__ = ["AppNotStartedError", "AsgiApp", "serving"]

AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]

_WAKE_SECONDS = 0.01
_SHUTDOWN_SECONDS = 10


class AppNotStartedError(ConformanceError):
    """The app's own start failed; what it raised is in the log."""


@contextmanager
def serving(app: AsgiApp, *, on_stop: Callable[[], None] = lambda: None) -> Iterator[str]:
    """Serve an app by uvicorn, in a thread, on a free port; the value is its origin, ``http://127.0.0.1:PORT``.

    Its start takes as long as it takes: nobody knows how long a model takes to load.

    Args:
        app: The app.
        on_stop: Called before the server stops.

    Raises:
        UsageError: uvicorn is not installed.
        AppNotStartedError: The app could not be started.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = _server(app)
        thread = threading.Thread(target=_run, args=(server, listener), daemon=True, name="stream-app")
        thread.start()
        try:
            while not server.started and thread.is_alive():
                thread.join(_WAKE_SECONDS)
            if not server.started:
                raise AppNotStartedError("the app could not be started: its own error is in the log (uvicorn.error)")
            with ExitStack() as started:
                started.callback(on_stop)
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(_SHUTDOWN_SECONDS)


def _run(server: Any, listener: socket.socket) -> None:
    # uvicorn means to end its process where an app does not start.
    with suppress(SystemExit):
        server.run(sockets=[listener])


def _server(app: AsgiApp) -> Any:
    try:
        import uvicorn
    except ModuleNotFoundError as error:
        raise UsageError(
            "an app object is served by uvicorn, which is not installed: python -m pip install uvicorn; "
            "or start the app yourself and name its URL"
        ) from error
    # The log is pytest's, which shows it where a test fails. WebSockets would import what warns of its own age.
    config = uvicorn.Config(
        app,
        interface="asgi3",
        ws="none",
        log_config=None,
        log_level=None,
        access_log=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS // 2,
    )
    return uvicorn.Server(config)
