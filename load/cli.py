"""The command line: ``python -m load``, or ``fal-stream-load`` once installed. Wiring only."""

import socket
import sys
import tomllib
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from enum import IntEnum
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.markup import escape

from load.endpoint import Endpoint
from load.errors import ObjectiveError, UsageError
from load.locust_process import LocustProcess, scenario_path
from load.objectives import Objective, Standing, Verdict, judge, parse_objectives
from load.payload import DEFAULT_PAYLOAD, absolute_payload, read_payload
from load.reports.console import print_run, print_verdicts
from load.run_file import Run, read_run

__all__ = ["ExitCode", "main"]

_CONNECT_SECONDS = 10.0


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


@main.command(
    epilog="Exit codes: 0 all held; 1 an objective fell short; 2 bad usage or configuration; "
    "3 the endpoint could not be reached, or nothing (or not enough) came back to judge."
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
    default=120,
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
    """Run SCENARIO on an endpoint, then judge the objectives.

    \b
    Scenarios:
      steady   each user asks for the next picture as soon as it has the last

    \b
    Objectives: METRIC:AGGREGATE<LIMIT, with < <= > or >=
      ttfp, inter_preview_latency, longest_gap, time_to_final
          p(N), med, avg, min or max, and a limit in ms or s
      previews_per_second, images_per_second
          rate, and a number
    A stream that fails counts as one whose preview never came. A percentile
    takes enough streams to be honest: p(95) takes 20, p(99) takes 100.

    FAL_KEY is sent to fal hosts only, and is neither printed nor stored.

    \b
    Examples:
      python -m load run steady --endpoint http://127.0.0.1:8000/stream
      python -m load run steady --endpoint owner/app --users 8 --seconds 120 \\
          --objective 'ttfp:p(95)<1.2s' --objective 'images_per_second:rate>=0.5'
    """  # noqa: D301 - \b is click's mark for a paragraph that keeps its lines
    try:
        locustfile = scenario_path(scenario)
        endpoint = Endpoint.parse(endpoint_text)
        objectives = _objectives(objective_texts, objectives_file)
        read_payload(payload)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    _require_locust()
    with ExitStack() as stack:
        stem = _stem(scenario, save_folder or Path(stack.enter_context(TemporaryDirectory())))
        _require_reachable(endpoint)
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
        recorded = _record(process, console)
        verdicts = judge(objectives, recorded.rows)
        print_run(console, recorded)
        print_verdicts(console, verdicts)
        _print_place(console, process, is_kept=save_folder is not None)
    sys.exit(_exit_code(recorded, verdicts))


def _objectives(texts: Sequence[str], file: Path | None) -> tuple[Objective, ...]:
    from_file: tuple[Objective, ...] = ()
    if file is not None:
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8")).get("objectives")
        except (OSError, ValueError) as error:
            raise ObjectiveError(f"{file} cannot be read as TOML: {error}") from error
        if not isinstance(table, dict):
            raise ObjectiveError(f"{file} has no [objectives] table with lines such as ttfp = ['p(95)<1.2s']")
        from_file = parse_objectives(table)
    pairs = [text.partition(":") for text in texts]
    for metric, colon, _ in pairs:
        if not colon:
            raise ObjectiveError(f"{metric!r} is not an objective; expected METRIC:LIMIT: 'ttfp:p(95)<1.2s'")
    return from_file + tuple(Objective.parse(metric.strip(), limit) for metric, _, limit in pairs)


def _require_locust() -> None:
    if find_spec("locust") is None:
        raise click.UsageError("Locust is not installed: pip install 'fal-stream-conformance[load]'")


def _stem(scenario: str, folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"{str(folder)!r} cannot be created: {error.strerror}") from None
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")[:-3].replace(".", "-")
    return folder / f"{scenario}-{moment}"


def _require_reachable(endpoint: Endpoint) -> None:
    # Users would knock for the whole run; one connection tells the same at once, and costs the endpoint nothing.
    parts = urlsplit(endpoint.origin)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname, port), timeout=_CONNECT_SECONDS).close()
    except OSError as error:
        click.echo(f"Error: {endpoint.origin} could not be reached: {error.strerror or error}", err=True)
        sys.exit(ExitCode.NOT_JUDGED)


def _record(process: LocustProcess, console: Console) -> Run:
    words = f"{_count(process.users, 'user')} for {process.run_seconds} s on {escape(process.endpoint.origin)}"
    with console.status(words) as status:
        ended = _EndedStreams(process.rows_path)
        exit_status = process.run(
            tick=lambda: status.update(f"{words}: {_count(ended.count(), 'stream')} ended"),
            interrupted=lambda: console.print(
                "Interrupted: no new streams; those in flight may end. Press Ctrl-C again to hang up on them."
            ),
        )
    log = process.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
    for line in dict.fromkeys(line for line in log if "/WARNING/" in line):
        console.print(f"Locust warns: {line.partition('/WARNING/')[2]}", markup=False, style="yellow")
    try:
        with process.rows_path.open(encoding="utf-8") as lines:
            return read_run(lines)
    except (OSError, UsageError):
        click.echo("\n".join(log[-10:]), err=True)
        click.echo(f"Error: Locust ended with status {exit_status} before it recorded anything", err=True)
        sys.exit(ExitCode.NOT_JUDGED)


class _EndedStreams:
    """Counts the lines that a growing run file has after its first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_bytes = self._lines = 0

    def count(self) -> int:
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._read_bytes)
                new = file.read()
            self._read_bytes += len(new)
            self._lines += new.count(b"\n")
        return max(0, self._lines - 1)


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


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
