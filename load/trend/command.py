"""``python -m load trend``: when a figure changed, by how much, and between which commits."""

import sys
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console

from load.errors import UsageError
from load.exit_code import ExitCode
from load.garbage import made_to_stay
from load.history.history import History
from load.history.place_option import place_option
from load.history.selection import Selection
from load.regression.share import read_share
from load.trend.console import print_trends
from load.trend.history_series import series_of
from load.trend.sensitivity import Sensitivity
from load.trend.series import Series
from load.trend.trend import Trend
from load.trend.trend_files import rendered, write_trends

__all__ = ["trend"]

_SENSITIVITY = Sensitivity()
_FILES = ("markdown", "html", "png")
_FILTERS = ("scenario", "endpoint", "branch")
_LEAST_CHANGE = 0.001
_STANDARD_OUTPUT = "-"


@click.command(
    short_help="When did a figure of the history change, by how much, between which commits?",
    epilog="Exit codes: 0 whether or not something changed; 2 bad usage; 3 there is nothing to look at.",
)
@place_option
@click.option(
    "--metric",
    "figures",
    multiple=True,
    metavar="NAME",
    help="Which figure, such as ttfp_p95; may be given more than once. By default ttfp_median, time_to_final_median "
    "and images_per_second, or all figures of what has none of these.",
)
@click.option("--scenario", default="", metavar="NAME", help="Only runs of this scenario, or figures of this series.")
@click.option("--endpoint", default="", metavar="URL", help="Only runs at this address.")
@click.option("--any-endpoint", is_flag=True, help="Runs at any address are one series.")
@click.option("--branch", default="", metavar="NAME", help="Only runs of this branch.")
@click.option("--last", type=click.IntRange(1), metavar="NUMBER", help="Only the newest runs, so many in all.")
@click.option(
    "--hardware", multiple=True, metavar="LABEL", help="Only this hardware label; may be given more than once."
)
@click.option(
    "--p-value",
    type=click.FloatRange(0, 0.5, min_open=True),
    default=_SENSITIVITY.largest_p_value,
    show_default=True,
    help="How often chance alone may look like a change.",
)
@click.option(
    "--smallest-change",
    default="3 %",
    show_default=True,
    metavar="SHARE",
    help="A median that moves by less is no change.",
)
@click.option(
    "--fewest-runs",
    type=click.IntRange(1),
    default=_SENSITIVITY.fewest_runs,
    show_default=True,
    help="A change has so many runs on either side.",
)
@click.option("--markdown", "markdown_path", metavar="PATH", help="Write it for a pull request; - is standard output.")
@click.option("--html", "html_path", metavar="PATH", help="Write a page with charts that loads nothing.")
@click.option("--png", "png_path", metavar="PATH", help="Write a picture of the charts.")
@click.option("--format", "format_name", type=click.Choice(["table", "json"]), default="table", help="What is printed.")
def trend(**options: Any) -> None:
    """Say when figures changed over the history: a search for change points by E-Divisive.

    Every hardware label is a series of its own, and so are scenarios, endpoints, and runs that cannot be compared.
    Runs that are noisy or invalid are shown and do not count. A change point is a finding to look at: it fails nothing.
    What gates is `ab`.
    """
    try:
        found = _tell(options)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    if not found:
        wanted = " and ".join(f"{name} {options[name]!r}" for name in _FILTERS if options[name])
        click.echo(f"There is nothing to look at: the history has no run{wanted and f' of {wanted}'}.", err=True)
        sys.exit(ExitCode.NOT_JUDGED)


def _tell(options: dict[str, Any]) -> bool:
    """Whether there was anything to tell."""
    sensitivity = _sensitivity(options)
    trends = [Trend.of(series, sensitivity) for series in _series(options)]
    if trends:
        _show(trends, sensitivity, options)
    return bool(trends)


def _sensitivity(options: dict[str, Any]) -> Sensitivity:
    smallest = read_share(options["smallest_change"], "smallest change")
    if smallest < _LEAST_CHANGE:
        raise UsageError(f"the smallest change is {options['smallest_change']!r}, expected at least '0.1 %'")
    return Sensitivity(largest_p_value=options["p_value"], smallest_change=smallest, fewest_runs=options["fewest_runs"])


@made_to_stay()
def _series(options: dict[str, Any]) -> tuple[Series, ...]:
    selection = Selection(**{name: options[name] for name in (*_FILTERS, "last")})
    with History.open(options["place"]) as history:
        entries = history.entries(selection)
    if not entries:
        return ()
    return series_of(
        entries,
        figures=options["figures"],
        hardware=options["hardware"],
        is_any_endpoint=options["any_endpoint"],
    )


def _show(trends: Sequence[Trend], sensitivity: Sensitivity, options: dict[str, Any]) -> None:
    destinations = {name: options[f"{name}_path"] for name in _FILES}
    if options["format_name"] == "json":
        click.echo(rendered(trends, sensitivity, "json"), nl=False)
    elif _STANDARD_OUTPUT not in destinations.values():
        print_trends(Console(), trends, sensitivity)
    write_trends(trends, sensitivity, destinations)
