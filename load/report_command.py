"""``python -m load report RUN``: a report of a run that was kept."""

import sys
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console

from load.errors import RunFileError, UsageError
from load.judged_run import JudgedRun
from load.objectives_file import read_options
from load.report_files import Destination, write_reports
from load.reports.console import print_run
from load.run import Run
from load.run_file import read_run

__all__ = ["report"]


@click.command(
    short_help="Report a run that was kept, and judge it.",
    epilog="Exit codes: 0 all held; 1 an objective fell short; 2 bad usage; 3 not judged, or the run is invalid.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--report",
    "report_texts",
    multiple=True,
    metavar="FORMAT=PATH",
    help="Write a report: json, markdown or html; - is standard output. May be given more than once. "
    "Without any, the report of the terminal is printed.",
)
@click.option("--objective", "objective_texts", multiple=True, metavar="LIMIT", help="As for run.")
@click.option(
    "--objectives",
    "objectives_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.toml",
    help="As for run.",
)
def report(
    file: Path, report_texts: tuple[str, ...], objective_texts: tuple[str, ...], objectives_file: Path | None
) -> NoReturn:
    """Report a run that was kept in FILE, and judge it by objectives, which may be others than when it was made."""
    try:
        destinations = tuple(map(Destination.parse, report_texts))
        objectives = read_options(objective_texts, str(objectives_file) if objectives_file else "")
        judged = JudgedRun.of(_read(file), objectives)
        write_reports(judged, destinations)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    if not destinations:
        print_run(Console(), judged)
    sys.exit(judged.exit_code)


def _read(file: Path) -> Run:
    try:
        with file.open(encoding="utf-8") as lines:
            return read_run(lines)
    except OSError as error:
        raise RunFileError(f"{file} cannot be read: {error.strerror}") from error
    except RunFileError as error:
        raise RunFileError(f"{file}: {error}") from error
