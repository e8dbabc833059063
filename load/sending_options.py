"""Options that every command has which sends streams: what, how long it waits, where the run is kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from load.endpoint import DEFAULT_WAIT_SECONDS
from load.payload import DEFAULT_PAYLOAD

__all__ = ["sending_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--payload", metavar="JSON|@FILE", default=DEFAULT_PAYLOAD, show_default=True, help="The POST's JSON."
    ),
    click.option(
        "--wait",
        "wait_seconds",
        type=click.FloatRange(min=0, min_open=True),
        default=DEFAULT_WAIT_SECONDS,
        show_default=True,
        metavar="SECONDS",
        help="Give a stream up after this long without a byte.",
    ),
    click.option(
        "--save",
        "save_folder",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="Keep the run there, one JSON line a stream, with Locust's own log beside it.",
    ),
    click.option("--dry-run", is_flag=True, help="Say what it would send and cost, and send nothing."),
    click.option("--image-seconds", type=float, metavar="SECONDS", help="GPU time of a picture, for --dry-run."),
)


def sending_options(command: _Command) -> _Command:
    """Add ``--payload``, ``--wait``, ``--save``, ``--dry-run`` and ``--image-seconds`` to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
