"""The application on this machine's loopback interface, through uvicorn, and its metrics beside it.

`fal run --local` listens on all interfaces; this does not unless told to. It needs two underscore names of fal,
which fal's own unit tests use as well, and keeps them here.
"""

import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from prometheus_client import start_http_server
from starlette.types import ASGIApp

METRICS_HOST = "127.0.0.1"
# Streams end by themselves when the application exits; this is for clients that do not read their end.
_GRACEFUL_SHUTDOWN_SECONDS = 5


class IncompatibleFalError(RuntimeError):
    """The installed fal has another inner life than this module expects."""


class LocalServer(uvicorn.Server):
    """A uvicorn server of a `fal.App` class, on a socket that is already bound, so that port 0 has a number at once.

    Attributes:
        url: where it answers once started.

    Raises:
        IncompatibleFalError: this version of fal cannot be served so; `fal run --local` still can.
    """

    def __init__(
        self, app_class: Any, *, listener: socket.socket, on_started: Callable[[str], None] | None = None
    ) -> None:
        self._application, asgi_app = _instantiate(app_class)
        super().__init__(
            uvicorn.Config(
                asgi_app,
                lifespan="on",
                log_level="warning",
                timeout_graceful_shutdown=_GRACEFUL_SHUTDOWN_SECONDS,
            )
        )
        self._listener = listener
        self._on_started = on_started
        host, port = listener.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def serve_until_stopped(self) -> None:
        """Block until a signal, or until `should_exit` is set from another thread."""
        self.run(sockets=[self._listener])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Load the application, then say that it is ready."""
        await super().startup(sockets=sockets)
        if self.started and self._on_started is not None:
            self._on_started(self.url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the application end its streams, as fal does on SIGTERM, then close."""
        self._application.handle_exit()
        await super().shutdown(sockets=sockets)


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; port 0 takes a free one.

    Its connections send small events at once (`TCP_NODELAY`, RFC 9293 section 3.7.4). asyncio sees to that only for
    sockets that name their protocol, which Python's `create_server` does not: without it a preview waits up to 40 ms
    for the client's delayed acknowledgement of the head.

    Raises:
        OSError: the address is in use or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve_metrics(port: int) -> str:
    """Show the process's metrics until it ends, as fal does on a port of its own; the URL.

    Raises:
        OSError: the port is in use.
    """
    server, _ = start_http_server(port, METRICS_HOST)
    return f"http://{METRICS_HOST}:{server.server_port}/metrics"


def _instantiate(app_class: Any) -> tuple[Any, ASGIApp]:
    """The application, and its ASGI side with fal's middlewares and `setup()` as its lifespan."""
    try:
        application = app_class(_allow_init=True)
        return application, application._build_app()
    except (AttributeError, TypeError) as error:
        raise IncompatibleFalError(
            "this version of fal builds its applications differently; use `fal run --local` instead"
        ) from error
