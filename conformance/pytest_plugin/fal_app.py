"""A `fal.App` class as an ASGI app, as fal's runner makes one.

fal has no public name for it. Its own unit tests use the same two underscore names, and they are kept here.
"""

import sys
from collections.abc import Callable
from importlib.metadata import version

from conformance.core import UsageError
from conformance.pytest_plugin.app_server import AsgiApp

__all__ = ["asgi_side", "is_fal_app"]


def is_fal_app(endpoint: object) -> bool:
    """Whether it is a subclass of `fal.App`; fal is not imported to know."""
    fal = sys.modules.get("fal")
    return fal is not None and isinstance(endpoint, type) and issubclass(endpoint, fal.App)


def asgi_side(app_class: Callable[..., object]) -> tuple[AsgiApp, Callable[[], None]]:
    """The app, whose start is its `setup()`, and its `handle_exit()`.

    Raises:
        UsageError: The installed fal has another inner life.
    """
    try:
        application = app_class(_allow_init=True)
        return application._build_app(), application.handle_exit  # type: ignore[attr-defined]
    except (AttributeError, TypeError) as error:
        raise UsageError(
            f"fal {version('fal')} does not build {app_class!r} as expected ({error}): start it with `fal run --local` "
            "and name its URL"
        ) from error
