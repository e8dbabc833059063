"""``python -m load run SCENARIO``: the friendly way into Locust."""

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill
from typing import Any, NoReturn

import click
from rich.console import Console

from load.errors import NothingRecordedError, UsageError
from load.exit_code import ExitCode
from load.judged_run import JudgedRun
from load.locust_process import scenario_summaries
from load.metrics import RUN_METRICS, STREAM_METRICS
from load.objectives import GOODPUT
from load.recording import record
from load.report_files import write_reports
from load.reports.console import print_run
from load.run_request import RunRequest
from load.sending_options import sending_options
from load.suggestion import suggest, suggestions_toml

__all__ = ["run"]


def _run_help() -> str:
    # A line with nothing but \b tells click to keep the line breaks of the paragraph.
    scenarios = "\n".join(f"  {name:<13} {summary}" for name, summary in scenario_summaries().items())
    return f"""Run SCENARIO on an endpoint, then judge the objectives.

\b
Scenarios:
{scenarios}

\b
Objectives: METRIC <= LIMIT, with < <= > or >=
  with _p50, _p95, _p99, _median, _mean, _min or _max, such as ttfp_p95 <= 1.5 s:
{_wrapped(metric.name for metric in STREAM_METRICS)}
  as they are, such as failure_ratio <= 0.1 %:
{_wrapped([*(metric.name for metric in RUN_METRICS), GOODPUT])}
A stream that fails counts as one whose preview never came. Too few streams
are never a pass: p95 takes 59 of them, p99 takes 299, the median 5.

Options that are not listed here go to the scenario and to Locust as they are:
--rate 2 --arrivals poisson, --tags, --csv PREFIX. FAL_KEY is sent to fal hosts
only, and is neither printed nor stored.

\b
Examples:
  python -m load run steady --endpoint http://127.0.0.1:8000/stream
  python -m load run steady --endpoint owner/app --users 8 --seconds 120 \\
      --i-own-this-endpoint --objective 'ttfp_p95 <= 1.2 s' --save runs
  python -m load run arrivals --endpoint owner/app --users 50 --rate 2 --dry-run
"""


def _wrapped(names: Iterable[str]) -> str:
    return fill(", ".join(names), 76, initial_indent="    ", subsequent_indent="    ")


@click.command(
    help=_run_help(),
    short_help="Run a scenario on an endpoint, then judge the objectives.",
    context_settings={"ignore_unknown_options": True},
    epilog="Exit codes: 0 all held; 1 an objective fell short; 2 bad usage or configuration; "
    "3 the endpoint could not be reached, nothing (or not enough) came back to judge, or the run is invalid.",
)
@click.argument("scenario")
@click.option("--endpoint", "endpoint_text", required=True, metavar="URL|FAL_ID", help="What gets the load.")
@click.option("--users", type=click.IntRange(1), default=1, show_default=True, help="Streams at a time, at the most.")
@click.option(
    "--seconds",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="For how long streams are started. Those in flight then may end.",
)
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True, help="Generator processes.")
@click.option(
    "--objective",
    "objective_texts",
    multiple=True,
    metavar="LIMIT",
    help="A limit to hold, such as 'ttfp_p95 <= 1.2 s'. May be given more than once.",
)
@click.option(
    "--objectives",
    "objectives_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.toml",
    help="Limits to hold, from a file's list `objectives`.",
)
@click.option(
    "--i-own-this-endpoint", is_flag=True, help="Allow more than a small load on a host that is not this one."
)
@click.option(
    "--report",
    "report_texts",
    multiple=True,
    metavar="FORMAT=PATH",
    help="Write a report: json, markdown or html; - is standard output. May be given more than once.",
)
@click.option(
    "--suggest-objectives",
    "suggestions_file",
    type=click.File("w", encoding="utf-8", lazy=True),
    metavar="FILE.toml",
    help="Write limits that this run would hold, with some room; - is standard output.",
)
@click.option("--gpus", type=click.IntRange(1), metavar="NUMBER", help="How many GPUs serve it, for figures per GPU.")
@click.option("--gpu-hour-price", type=float, metavar="PRICE", help="What one costs an hour, for the cost of an image.")
@sending_options
@click.argument("locust_options", nargs=-1, type=click.UNPROCESSED)
def run(scenario: str, **options: Any) -> NoReturn:
    """Run a scenario and judge it; the help page is written by :func:`_run_help`."""
    try:
        request = RunRequest.of(scenario, options)
        if options["dry_run"]:
            click.echo(request.cost_text())
            sys.exit(ExitCode.HELD)
        request.require_owner()
        _require_locust()
        sys.exit(_run(request))
    except NothingRecordedError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(ExitCode.NOT_JUDGED)
    except UsageError as error:
        raise click.UsageError(str(error)) from None


def _run(request: RunRequest) -> ExitCode:
    console = Console()
    with ExitStack() as stack:
        kept: Path | None = request.options["save_folder"]
        process = request.process(kept or Path(stack.enter_context(TemporaryDirectory())))
        judged = JudgedRun.of(record(process, console), request.objectives)
        print_run(console, judged)
        _explain(judged)
        write_reports(judged, request.destinations)
        if (file := request.options["suggestions_file"]) is not None:
            file.write(suggestions_toml(judged.run, suggest(judged.run)))
        if kept:
            console.print(f"run file: {process.rows_path}", markup=False, highlight=False, soft_wrap=True)
        else:
            console.print("The run was not kept; --save DIR keeps it.", style="dim")
    return judged.exit_code


def _require_locust() -> None:
    if find_spec("locust") is None:
        raise UsageError("Locust is not installed: pip install 'fal-stream-conformance[load]'")


def _explain(judged: JudgedRun) -> None:
    if not any(row.pictures for row in judged.run.rows):
        click.echo("Nothing could be judged: not one stream delivered a picture.", err=True)
    elif judged.exit_code is ExitCode.NOT_JUDGED and not judged.invalid:
        click.echo("Not every objective could be judged: run for longer, or with more users.", err=True)
