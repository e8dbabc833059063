"""Reports: one module a format, each a pure function from a report to text. Callers write the files.

The modules are imported on demand, so that a run which prints to the console does not pay for XML.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from conformance.core import UsageError
from conformance.judging.report import Report

__all__ = ["FORMATS", "render", "require"]

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "console": "conformance.reports.console",
        "github": "conformance.reports.github",
        "html": "conformance.reports.html",
        "json": "conformance.reports.json_document",
        "junit": "conformance.reports.junit",
        "known-failures": "conformance.reports.known_failures",
        "markdown": "conformance.reports.markdown",
        "sarif": "conformance.reports.sarif",
    }
)
"""The module of each format; every one has ``render(report) -> str``."""

_EXTRAS = {"html": "html"}


def render(report: Report, format_name: str) -> str:
    """The report as text in one of the formats; a file of it is written in UTF-8.

    Raises:
        UsageError: There is no such format, and the text lists those there are; or it needs what is not installed.
    """
    return str(_module(format_name).render(report))


def require(format_name: str) -> None:
    """Make sure that a format can be rendered, so that what it lacks is known before anything is spent.

    Raises:
        UsageError: As for :func:`render`.
    """
    _module(format_name)


def _module(format_name: str) -> Any:
    if format_name not in FORMATS:
        raise UsageError(f"unknown report format {format_name!r}: use {', '.join(sorted(FORMATS))}")
    try:
        return import_module(FORMATS[format_name])
    except ModuleNotFoundError as error:
        if format_name not in _EXTRAS:
            raise
        missing, extra = str(error.name).partition(".")[0], f"fal-stream-conformance[{_EXTRAS[format_name]}]"
        raise UsageError(
            f"the {format_name} report needs {missing!r}, which is not installed: python3 -m pip install '{extra}'"
        ) from error
