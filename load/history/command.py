"""The command ``history``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from load.errors import HistoryError
from load.history.archive import read_archive, write_archive
from load.history.history import History
from load.history.labels import Labels
from load.history.listing import entries_json, print_entries
from load.history.place_option import place_option
from load.history.selection import Selection

__all__ = ["history"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_TABLE_ROWS = 50
_LABEL_OPTIONS = (
    ("--commit", "What was deployed."),
    ("--tag", "Its name, such as v1.4."),
    ("--branch", "The branch it was built from."),
    ("--gpu", "The GPU's model."),
    ("--driver", "The GPU driver's version."),
)
_SELECTION_OPTIONS = (
    ("--commit", "Only runs of this commit, or of those that begin so."),
    ("--tag", "Only runs with this tag."),
    ("--branch", "Only runs of this branch."),
    ("--scenario", "Only runs of this scenario."),
    ("--endpoint", "Only runs of this URL."),
    ("--hardware", "Only runs on this hardware."),
)


def _options(options: tuple[tuple[str, str], ...]) -> Callable[[_Command], _Command]:
    def add(command: _Command) -> _Command:
        for name, help_text in reversed(options):
            command = click.option(name, default="", metavar="TEXT", help=help_text)(command)
        return command

    return add


@click.group()
def history() -> None:
    """Keep runs, and find them again.

    Run files are kept as they are, under names that their content gives them; an index over them makes lists,
    comparisons and trends quick. Two histories can be merged, since the same run has the same name in both.
    """


@history.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_options(_LABEL_OPTIONS)
@place_option
def add(files: tuple[Path, ...], place: str, **labels: str) -> None:
    """Keep run FILES, or documents of plain figures. What is added twice is there once."""
    with _opened(place, is_made=True) as opened:
        for file in files:
            entry = opened.add(file, Labels.of(labels))
            click.echo(f"{entry.run_id}  {file}")


@history.command(name="list")
@_options(_SELECTION_OPTIONS)
@click.option(
    "--last", type=click.IntRange(1), metavar="NUMBER", help=f"Only the newest so many; a table has {_TABLE_ROWS}."
)
@click.option("--format", "format_name", type=click.Choice(["table", "json"]), default="table", show_default=True)
@place_option
def list_(place: str, last: int | None, format_name: str, **wanted: str) -> None:
    """List runs, oldest first."""
    if format_name == "table":
        last = last or _TABLE_ROWS
    with _opened(place) as opened:
        entries = opened.entries(Selection(last=last, **wanted))
    if format_name == "json":
        click.echo(entries_json(entries), nl=False)
    elif entries:
        print_entries(Console(), entries)
    else:
        click.echo("no such runs")


@history.command()
@click.argument("run")
@_options(_LABEL_OPTIONS)
@place_option
def label(run: str, place: str, **labels: str) -> None:
    """Say more of a RUN, which may be named by the first digits of its name."""
    with _opened(place) as opened:
        entry = opened.entry(run)
        document = opened.document(entry.run_id)
        opened.keep(type(document)(data=document.data, labels=Labels.of(labels)))
        click.echo(entry.run_id)


@history.command()
@click.argument("archive", type=click.Path(dir_okay=False, path_type=Path))
@_options(_SELECTION_OPTIONS)
@click.option("--last", type=click.IntRange(1), metavar="NUMBER", help="Only the newest so many.")
@place_option
def export(archive: Path, place: str, last: int | None, **wanted: str) -> None:
    """Write runs and their labels to one ARCHIVE, a zip file."""
    with _opened(place) as opened:
        count = write_archive(archive, opened.documents(Selection(last=last, **wanted)))
    click.echo(f"{count} in {archive}")


@history.command(name="import")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@place_option
def import_(archive: Path, place: str) -> None:
    """Add the runs of an ARCHIVE."""
    with _opened(place, is_made=True) as opened:
        count = len([opened.keep(document) for document in read_archive(archive)])
    click.echo(f"{count} from {archive}")


@history.command()
@click.argument("other", metavar="DIR|URL")
@place_option
def merge(other: str, place: str) -> None:
    """Add the runs of another history."""
    with _opened(other) as theirs, _opened(place, is_made=True) as ours:
        count = len([ours.keep(document) for document in theirs.documents()])
    click.echo(f"{count} from the other history")


@history.command()
@place_option
def rebuild(place: str) -> None:
    """Make the index again from the runs."""
    with _opened(place) as opened:
        click.echo(f"{opened.rebuild()} runs indexed")


@contextmanager
def _opened(place: str, *, is_made: bool = False) -> Iterator[History]:
    try:
        with History.open(place, is_made=is_made) as opened:
            yield opened
    except HistoryError as error:
        raise click.UsageError(str(error)) from None
