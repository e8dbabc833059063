"""What may stand for an endpoint, and where it answers."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from conformance.core import UsageError
from conformance.pytest_plugin.app_server import AsgiApp, serving
from conformance.pytest_plugin.fal_app import asgi_side, is_fal_app

__all__ = ["addressed"]


@contextmanager
def addressed(endpoint: object, path: str) -> Iterator[str]:
    """The URL of an endpoint; an app object is served for as long as the context is open.

    Args:
        endpoint: A URL or a fal id, an ASGI app, or a `fal.App` class.
        path: The route of the stream in an app object.

    Raises:
        UsageError: It is none of these, or cannot be served here.
        AppNotStartedError: The app could not be started.
    """
    if isinstance(endpoint, str):
        yield endpoint
        return
    if is_fal_app(endpoint):
        app, on_stop = asgi_side(cast("Callable[..., object]", endpoint))
    else:
        app, on_stop = _asgi_app(endpoint), _nothing
    with serving(app, on_stop=on_stop) as origin:
        yield origin + path


def _asgi_app(endpoint: object) -> AsgiApp:
    if isinstance(endpoint, type) or not callable(endpoint) or not _takes_three(endpoint):
        raise UsageError(
            f"stream_endpoint is {_described(endpoint)}, expected a URL, a fal id such as owner/app, a fal.App class "
            "or an ASGI app such as FastAPI's"
        )
    return cast("AsgiApp", endpoint)


def _takes_three(app: Callable[..., object]) -> bool:
    """Whether it can be called with scope, receive and send; a WSGI app takes two."""
    try:
        inspect.signature(app).bind(None, None, None)
    except (TypeError, ValueError):
        return False
    return True


def _described(endpoint: object) -> str:
    return f"the class {endpoint.__qualname__}" if isinstance(endpoint, type) else f"{endpoint!r:.80}"


def _nothing() -> None:
    """An app other than fal's is told by its lifespan."""
