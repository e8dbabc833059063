"""The command ``ab``."""

import sys
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import click
from rich.console import Console

from load.ab.ab_request import AbRequest
from load.ab.console import print_comparison
from load.ab.judged_comparison import JudgedComparison
from load.ab.report_files import FORMATS, write_comparison
from load.errors import NothingRecordedError, UsageError
from load.exit_code import ExitCode
from load.recording import record, require_reachable
from load.regression.compared_metrics import COMPARED_METRICS
from load.sending_options import sending_options

__all__ = ["ab"]

_ROUNDS = click.IntRange(2, 500)


@click.command(
    short_help="Is the candidate slower than the baseline? Both in turns, until it is known.",
    context_settings={"ignore_unknown_options": True},
    epilog="Exit codes: 0 no regression larger than the margin; 1 regressed; 2 bad usage; "
    "3 not enough data, nothing came back to judge, or the run is invalid.",
)
@click.option("--baseline", "baseline_text", required=True, metavar="URL|FAL_ID", help="What is good enough.")
@click.option("--candidate", "candidate_text", required=True, metavar="URL|FAL_ID", help="What is judged.")
@click.option(
    "--metric",
    "compare_by",
    multiple=True,
    type=click.Choice(list(COMPARED_METRICS)),
    help="What is compared; may be given more than once. By default ttfp and time_to_final.",
)
@click.option(
    "--margin", default="4 %", metavar="SHARE", show_default=True, help="Slower by no more than this is no regression."
)
@click.option("--users", type=click.IntRange(1, 500), default=1, show_default=True, help="Streams at a time.")
@click.option(
    "--streams-per-block",
    type=click.IntRange(1, 1000),
    default=6,
    show_default=True,
    help="Streams of one before it is the other's turn.",
)
@click.option("--first-look", type=_ROUNDS, default=6, show_default=True, help="Rounds before it may end.")
@click.option("--most-rounds", type=_ROUNDS, default=36, show_default=True, help="Rounds after which it ends.")
@click.option(
    "--warm-up-streams", type=click.IntRange(0, 1000), default=2, show_default=True, help="Sent to each first."
)
@click.option(
    "--false-alarm-rate",
    default="1 %",
    metavar="SHARE",
    show_default=True,
    help="How often innocence may be called a regression.",
)
@click.option(
    "--miss-rate",
    default="5 %",
    metavar="SHARE",
    show_default=True,
    help="How often a regression may be called innocence.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="What the order of turns is drawn from.")
@click.option("--commit", default="", metavar="TEXT", help="What the candidate is, kept with the run.")
@click.option(
    "--most-seconds", type=click.IntRange(1), default=3600, show_default=True, help="It ends after this, in any case."
)
@click.option(
    "--report",
    "report_texts",
    multiple=True,
    metavar="FORMAT=PATH",
    help=f"Write a report: {' or '.join(FORMATS)}; - is standard output. May be given more than once.",
)
@click.option("--i-own-this-endpoint", is_flag=True, help="Allow it on hosts that are not this one.")
@sending_options
@click.argument("locust_options", nargs=-1, type=click.UNPROCESSED)
def ab(**options: Any) -> NoReturn:
    """Compare two deployments that take turns, and say whether the candidate is slower.

    Streams run in blocks, ABBA or BAAB, one deployment at a time, so that a slow machine, a busy network or a warming
    GPU falls on both. What counts is the ratio of two neighbouring blocks. It is looked at after 6, 10, 16, 24 and 36
    rounds, and ends as soon as the question is settled.

    \b
    Three answers, for each metric and in all:
      regressed        slower by more than the margin
      no regression    not slower by more than the margin
      not enough data  neither can be said; how many more rounds would settle it

    Options that are not listed here go to Locust as they are. FAL_KEY is sent to fal hosts only.
    """  # noqa: D301 - click itself reads the backspace, which a raw string would not hold
    try:
        request = AbRequest.of(options)
        if options["dry_run"]:
            click.echo(f"{request.cost_text()}\nNothing was sent.")
            sys.exit(ExitCode.HELD)
        if find_spec("locust") is None:
            raise UsageError("Locust is not installed: pip install 'fal-stream-conformance[load]'")
        request.require_owner()
        sys.exit(_compare(request))
    except NothingRecordedError as error:
        click.echo(f"Nothing was recorded: {error}", err=True)
        sys.exit(ExitCode.NOT_JUDGED)
    except UsageError as error:
        raise click.UsageError(str(error)) from None


def _compare(request: AbRequest) -> ExitCode:
    require_reachable(request.baseline)
    # A report on standard output is not to be mixed with what is for people.
    console = Console(stderr=any(text.endswith("=-") for text in request.options["report_texts"]))
    with ExitStack() as stack:
        kept: Path | None = request.options["save_folder"]
        process = request.process(kept or Path(stack.enter_context(TemporaryDirectory())))
        words = f"{request.candidate.origin} against {request.baseline.origin}"
        judged = JudgedComparison.of(record(process, console, words=words))
        print_comparison(console, judged)
        write_comparison(judged, request.options["report_texts"])
        if kept:
            console.print(f"run file: {process.rows_path}", markup=False, highlight=False, soft_wrap=True)
    return judged.exit_code
