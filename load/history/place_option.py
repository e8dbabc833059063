"""Where the history is: the same option for every command."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["DEFAULT_PLACE", "PLACE_VARIABLE", "place_option"]

DEFAULT_PLACE = ".fal-stream-history"
PLACE_VARIABLE = "FAL_STREAM_HISTORY"

_Command = TypeVar("_Command", bound=Callable[..., Any])


def place_option(command: _Command) -> _Command:
    """Add ``--history`` to a command."""
    option = click.option(
        "--history",
        "place",
        envvar=PLACE_VARIABLE,
        default=DEFAULT_PLACE,
        show_default=True,
        show_envvar=True,
        metavar="DIR|URL",
        help="A folder, or a database such as postgresql+psycopg://HOST/NAME.",
    )
    return option(command)
