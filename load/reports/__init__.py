"""What a judged run is shown as: one module a format, each a pure function from a run to text. Callers write files.

The modules are imported on demand, so that a run which prints to the console does not pay for charts.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from load.errors import UsageError
from load.judged_run import JudgedRun

__all__ = ["FORMATS", "render", "require"]

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "html": "load.reports.html",
        "json": "load.reports.json_document",
        "markdown": "load.reports.markdown",
    }
)
"""The module of each format; every one has ``render(judged) -> str``."""


def render(judged: JudgedRun, format_name: str) -> str:
    """The run as text in one of the formats; a file of it is written in UTF-8.

    Raises:
        UsageError: There is no such format, and the text lists those there are; or it needs what is not installed.
    """
    return str(_module(format_name).render(judged))


def require(format_name: str) -> None:
    """Make sure that a format can be rendered, so that what it lacks is known before anything is spent.

    Raises:
        UsageError: As for :func:`render`.
    """
    _module(format_name)


def _module(format_name: str) -> Any:
    if format_name not in FORMATS:
        raise UsageError(f"unknown report format {format_name!r}: use {', '.join(FORMATS)}")
    try:
        return import_module(FORMATS[format_name])
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the {format_name} report needs {error.name}: pip install 'fal-stream-conformance[html]'"
        ) from error
