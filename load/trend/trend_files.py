"""Trends written where the user said."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

import click

from load.errors import UsageError
from load.trend.extras import extra
from load.trend.sensitivity import Sensitivity
from load.trend.trend import Trend

__all__ = ["FORMATS", "rendered", "write_trends"]

FORMATS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "html": ("load.trend.html", "html"),
        "json": ("load.trend.json_document", "load"),
        "markdown": ("load.trend.markdown", "load"),
        "png": ("load.trend.png", "trend"),
    }
)
"""The module of each format, which has ``render(trends, sensitivity)``, and the extra that brings what it needs."""

_STANDARD_OUTPUT = "-"


def rendered(trends: Sequence[Trend], sensitivity: Sensitivity, format_name: str) -> bytes:
    """The trends in one of the formats; text is UTF-8.

    Raises:
        UsageError: The format needs what is not installed, or there is too much for it.
    """
    module, brought_by = FORMATS[format_name]
    with extra(brought_by):
        made: str | bytes = import_module(module).render(trends, sensitivity)
    return made.encode() if isinstance(made, str) else made


def write_trends(trends: Sequence[Trend], sensitivity: Sensitivity, destinations: Mapping[str, str | None]) -> None:
    """Write every form that has a place to go to.

    Args:
        trends: What to write.
        sensitivity: What was looked for.
        destinations: By format, a file's name, ``-`` for standard output, or None for no such file.

    Raises:
        UsageError: A file cannot be written, or as for :func:`rendered`.
    """
    for format_name, path in destinations.items():
        if path is None:
            continue
        content = rendered(trends, sensitivity, format_name)
        if path == _STANDARD_OUTPUT:
            click.echo(content, nl=False)
            continue
        try:
            Path(path).write_bytes(content)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error
