"""The command ``compare``."""

import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from load.comparison.report import FORMATS, print_comparison
from load.comparison.run_comparison import RunComparison
from load.comparison.side import FORMS, entries_of
from load.errors import UsageError
from load.exit_code import ExitCode
from load.history.place_option import place_option
from load.regression.share import read_share
from load.regression.verdict import RegressionVerdict

__all__ = ["compare"]


@click.command(
    short_help="Are these stored runs slower than those?",
    help=f"""Compare stored runs of one deployment with those of another, where the two cannot take turns.

    BASE and CANDIDATE are each {FORMS}.

    A run is one observation, since its streams share a machine. The bounds are those of the rank-sum test, which a run
    on a slow machine moves by its rank and not by its size. They need runs: a single candidate can only be suspicious,
    which is a warning; two or more fresh ones can prove a large regression. Where both deployments can be reached, let
    them take turns (`ab`).
    """,
    epilog="Exit codes: 0 no regression proven, with a warning where it looks like one; 1 regressed; 2 bad usage; "
    "with --strict, 3 for not enough data.",
)
@click.argument("base")
@click.argument("candidate")
@place_option
@click.option(
    "--metric",
    "figures",
    multiple=True,
    metavar="NAME",
    help="A figure, such as ttfp_p95; may be given more than once. By default ttfp_median and time_to_final_median.",
)
@click.option("--margin", default="4 %", show_default=True, metavar="SHARE", help="What is worse by no more is fine.")
@click.option("--false-alarm-rate", default="1 %", show_default=True, metavar="SHARE", help="Of all figures together.")
@click.option(
    "--allow-different", multiple=True, metavar="FIELD", help="Compare runs that differ in this; more than once."
)
@click.option("--fail-on-warning", is_flag=True, help="A single run that looks slower fails, too.")
@click.option("--strict", is_flag=True, help="Not enough data is no success.")
@click.option(
    "--format", "format_name", type=click.Choice(["table", *FORMATS]), default="table", help="What is printed."
)
def compare(base: str, candidate: str, **options: Any) -> NoReturn:
    """Compare stored runs; the help page is above."""
    try:
        comparison = _compared(base, candidate, options)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    if options["format_name"] == "table":
        print_comparison(Console(), comparison)
    else:
        click.echo(FORMATS[options["format_name"]](comparison), nl=False)
    sys.exit(_exit_code(comparison, options))


def _compared(base: str, candidate: str, options: dict[str, Any]) -> RunComparison:
    margin = read_share(options["margin"], "margin")
    error_rate = read_share(options["false_alarm_rate"], "false alarm rate")
    if margin < 0 or not 0 < error_rate < 0.5:
        raise UsageError(
            f"the margin is {options['margin']!r} and the false alarm rate {options['false_alarm_rate']!r}; "
            "expected 0 or more, and more than 0 and less than 50 %"
        )
    sides = [entries_of(_readable(text), options["place"]) for text in (base, candidate)]
    return RunComparison.of(
        *sides,
        figures=options["figures"],
        margin=margin,
        error_rate=error_rate,
        allowed=options["allow_different"],
    )


def _readable(text: str) -> str:
    if Path(text).suffix in (".jsonl", ".json") and not Path(text).is_file():
        raise UsageError(f"there is no file {text}")
    return text


def _exit_code(comparison: RunComparison, options: dict[str, Any]) -> ExitCode:
    if comparison.is_suspicious:
        is_failure = options["fail_on_warning"]
    else:
        is_failure = comparison.verdict is RegressionVerdict.REGRESSED
    if is_failure:
        return ExitCode.FELL_SHORT
    if comparison.verdict is RegressionVerdict.NOT_ENOUGH_DATA and options["strict"]:
        return ExitCode.NOT_JUDGED
    return ExitCode.HELD
