"""The application on this machine's loopback interface, through uvicorn.

`fal run --local` listens on all interfaces; this does not unless told to. It needs one underscore name of fal, used by
fal's own unit tests as well, and keeps it here.
"""

import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp

# In-flight streams are cancelled at the end of this, so stopping never waits for a picture.
_GRACEFUL_SHUTDOWN_SECONDS = 2


class IncompatibleFalError(RuntimeError):
    """The installed fal has another inner life than this module expects."""


def asgi_app(app_class: Any) -> ASGIApp:
    """The ASGI application of a `fal.App` class, with fal's middlewares and `setup()` as its lifespan.

    Raises:
        IncompatibleFalError: this version of fal cannot do it; `fal run --local` still can.
    """
    try:
        built: ASGIApp = app_class(_allow_init=True)._build_app()
    except (AttributeError, TypeError) as error:
        raise IncompatibleFalError(
            "this version of fal builds its applications differently; use `fal run --local` instead"
        ) from error
    return built


class LocalServer(uvicorn.Server):
    """A uvicorn server on a socket that is already bound, so that port 0 has a number before anything is loaded.

    Attributes:
        url: where it answers once started.
    """

    def __init__(
        self, app: ASGIApp, *, listener: socket.socket, on_started: Callable[[str], None] | None = None
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
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


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; port 0 takes a free one.

    Raises:
        OSError: the address is in use or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)
