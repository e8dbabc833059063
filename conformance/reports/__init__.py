"""Reports: one module a format, each a pure function from a report to text. Callers write the files.

The modules are imported on demand, so that a run which prints to the console does not pay for XML.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from conformance.core import UsageError
from conformance.judging.report import Report

__all__ = ["FORMATS", "render"]

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "console": "conformance.reports.console",
        "json": "conformance.reports.json_document",
        "junit": "conformance.reports.junit",
        "known-failures": "conformance.reports.known_failures",
    }
)
"""The module of each format; every one has ``render(report) -> str``."""


def render(report: Report, format_name: str) -> str:
    """The report as text in one of the formats; a file of it is written in UTF-8.

    Raises:
        UsageError: There is no such format; the text lists those there are.
    """
    if format_name not in FORMATS:
        raise UsageError(f"unknown report format {format_name!r}: use {', '.join(sorted(FORMATS))}")
    return str(import_module(FORMATS[format_name]).render(report))
