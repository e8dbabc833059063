"""Reports that a user asked for, written where the user said."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from load.errors import UsageError
from load.judged_run import JudgedRun
from load.reports import render, require

__all__ = ["Destination", "write_report", "write_reports"]

_STANDARD_OUTPUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A report and where it goes.

    Attributes:
        format_name: Which format.
        path: A file's name, or ``-`` for standard output.
    """

    format_name: str
    path: str

    @classmethod
    def parse(cls, text: str) -> "Destination":
        """Read ``FORMAT=PATH``.

        Raises:
            UsageError: It is not that, there is no such format, or the format needs what is not installed.
        """
        format_name, equals, path = text.partition("=")
        if not equals or not path:
            raise UsageError(f"{text!r} is not a report; expected FORMAT=PATH, such as html=report.html")
        require(format_name)
        return cls(format_name=format_name, path=path)


def write_reports(judged: JudgedRun, destinations: Iterable[Destination]) -> None:
    """Write every report.

    Raises:
        UsageError: A file cannot be written.
    """
    for destination in destinations:
        write_report(destination.path, render(judged, destination.format_name))


def write_report(path: str, text: str) -> None:
    """Write a report to a file, or to standard output where the path is ``-``.

    Raises:
        UsageError: The file cannot be written.
    """
    if path == _STANDARD_OUTPUT:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
