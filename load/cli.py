"""The command line: ``python -m load``, or ``fal-stream-load`` once installed. Wiring only."""

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from enum import IntEnum
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import click
from rich.console import Console

from load.endpoint import DEFAULT_WAIT_SECONDS, Endpoint
from load.errors import NothingRecordedError, UsageError
from load.fal_key import fal_key_for
from load.locust_process import LocustProcess, scenario_path, scenario_summaries
from load.metrics import RATE_METRICS, STREAM_METRICS
from load.objectives import Objective, Standing, Verdict, judge
from load.objectives_file import read_objectives
from load.payload import DEFAULT_PAYLOAD, absolute_payload, read_payload
from load.recording import record
from load.reports.console import print_run, print_verdicts
from load.row_writer import require_writable
from load.run_file import Run

__all__ = ["ExitCode", "main"]


class ExitCode(IntEnum):
    """How a command ends; the same numbers as the other commands of this project."""

    HELD = 0
    FELL_SHORT = 1
    USAGE = 2
    NOT_JUDGED = 3


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all held; 1 an objective fell short; 2 bad usage or configuration; "
    "3 the endpoint could not be reached or nothing could be judged.",
)
def main() -> None:
    """Put load on a fal /stream endpoint, and measure what its users would see.

    The figure that matters most is the time to first preview (ttfp): from sending the request to the first
    event that carries a picture.
    """


def _run_help() -> str:
    # A line with nothing but \b tells click to keep the line breaks of the paragraph.
    scenarios = "\n".join(f"  {name:<8} {summary}" for name, summary in scenario_summaries().items())
    return f"""Run SCENARIO on an endpoint, then judge the objectives.

\b
Scenarios:
{scenarios}

\b
Objectives: METRIC:AGGREGATE<LIMIT, with < <= > or >=
  {", ".join(metric.name for metric in STREAM_METRICS)}
      p(N), med, avg, min or max, and a limit in ms or s
  {", ".join(metric.name for metric in RATE_METRICS)}
      rate, and a number
A stream that fails counts as one whose preview never came. A percentile
takes enough streams to be honest: p(95) takes 20, p(99) takes 100.

FAL_KEY is sent to fal hosts only, and is neither printed nor stored.

\b
Examples:
  python -m load run steady --endpoint http://127.0.0.1:8000/stream
  python -m load run steady --endpoint owner/app --users 8 --seconds 120 \\
      --objective 'ttfp:p(95)<1.2s' --objective 'images_per_second:rate>=0.5'
"""


@main.command(
    help=_run_help(),
    short_help="Run a scenario on an endpoint, then judge the objectives.",
    epilog="Exit codes: 0 all held; 1 an objective fell short; 2 bad usage or configuration; "
    "3 the endpoint could not be reached, or nothing (or not enough) came back to judge.",
)
@click.argument("scenario")
@click.option("--endpoint", "endpoint_text", required=True, metavar="URL|FAL_ID", help="What gets the load.")
@click.option("--users", type=click.IntRange(1), default=1, show_default=True, help="Streams at a time.")
@click.option(
    "--seconds",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="For how long streams are started. Those in flight then may end.",
)
@click.option("--payload", metavar="JSON|@FILE", default=DEFAULT_PAYLOAD, show_default=True, help="The POST's JSON.")
@click.option(
    "--objective",
    "objective_texts",
    multiple=True,
    metavar="METRIC:LIMIT",
    help="A limit to hold, such as 'ttfp:p(95)<1.2s'. May be given more than once.",
)
@click.option(
    "--objectives",
    "objectives_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.toml",
    help="Limits to hold, from a file's [objectives] table.",
)
@click.option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=DEFAULT_WAIT_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="Give a stream up after this long without a byte.",
)
@click.option(
    "--save",
    "save_folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep the run there, one JSON line a stream, with Locust's own log beside it.",
)
def run(
    scenario: str,
    endpoint_text: str,
    users: int,
    seconds: int,
    payload: str,
    objective_texts: tuple[str, ...],
    objectives_file: Path | None,
    wait_seconds: float,
    save_folder: Path | None,
) -> NoReturn:
    """Run a scenario and judge it; the help page is written by :func:`_run_help`."""
    try:
        locustfile = scenario_path(scenario)
        endpoint = Endpoint.parse(endpoint_text)
        objectives = read_objectives(objectives_file) if objectives_file else ()
        objectives += tuple(map(Objective.parse_option, objective_texts))
        read_payload(payload)
        fal_key_for(endpoint, os.environ)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    _require_locust()
    with ExitStack() as stack:
        stem = _stem(scenario, save_folder or Path(stack.enter_context(TemporaryDirectory())))
        process = LocustProcess(
            scenario=locustfile,
            endpoint=endpoint,
            users=users,
            run_seconds=seconds,
            payload=absolute_payload(payload),
            wait_seconds=wait_seconds,
            rows_path=stem.with_suffix(".jsonl"),
            log_path=stem.with_suffix(".log"),
        )
        console = Console()
        try:
            recorded = record(process, console)
        except NothingRecordedError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(ExitCode.NOT_JUDGED)
        verdicts = judge(objectives, recorded.rows)
        print_run(console, recorded)
        print_verdicts(console, verdicts)
        _print_place(console, process, is_kept=save_folder is not None)
    sys.exit(_exit_code(recorded, verdicts))


def _require_locust() -> None:
    if find_spec("locust") is None:
        raise click.UsageError("Locust is not installed: pip install 'fal-stream-conformance[load]'")


def _stem(scenario: str, folder: Path) -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")[:-3].replace(".", "-")
    stem = folder / f"{scenario}-{moment}"
    try:
        require_writable(stem)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    return stem


def _print_place(console: Console, process: LocustProcess, *, is_kept: bool) -> None:
    if is_kept:
        console.print(f"run file: {process.rows_path}", markup=False, highlight=False, soft_wrap=True)
    else:
        console.print("The run was not kept; --save DIR keeps it.", style="dim")


def _exit_code(recorded: Run, verdicts: Sequence[Verdict]) -> ExitCode:
    standings = {verdict.standing for verdict in verdicts}
    if not any(row.pictures for row in recorded.rows):
        click.echo("Nothing could be judged: not one stream delivered a picture.", err=True)
        return ExitCode.NOT_JUDGED
    if Standing.FELL_SHORT in standings:
        return ExitCode.FELL_SHORT
    if Standing.NOT_ENOUGH in standings:
        click.echo("Not every objective could be judged: run for longer, or with more users.", err=True)
        return ExitCode.NOT_JUDGED
    return ExitCode.HELD
