"""Records a run, and shows a person how it goes on."""

import re
import socket
from urllib.parse import urlsplit

from rich.console import Console
from rich.markup import escape

from load.endpoint import Endpoint
from load.errors import NothingRecordedError, RunFileError, UsageError
from load.exit_code import ExitCode
from load.locust_process import LocustProcess
from load.run import Run
from load.run_file import read_run
from load.run_progress import RunProgress

__all__ = ["record", "require_reachable"]

_CONNECT_SECONDS = 10.0
_LOG_WARNING = re.compile(r"/(?:WARNING|ERROR|CRITICAL)/[\w.]+: (.*)")


def record(process: LocustProcess, console: Console, *, words: str = "") -> Run:
    """Run the process to its end and return what it recorded, which may be less than a whole run.

    Args:
        process: Locust, to be run.
        console: Where a person looks on.
        words: What is going on, in a few words; users, time and host, if left out.

    Raises:
        NothingRecordedError: The endpoint could not be reached, or Locust ended before it recorded anything.
        UsageError: Locust or the scenario refused an option.
    """
    require_reachable(process.endpoint)
    words = escape(words or f"{_count(process.users, 'user')} for {process.run_seconds} s on {process.endpoint.origin}")
    progress = RunProgress(process.rows_path)
    with console.status(words) as status:
        exit_status = process.run(
            tick=lambda: status.update(f"{words}: {progress.line()}"),
            interrupted=lambda: console.print(
                "Interrupted: no new streams; those in flight may end. Press Ctrl-C again to hang up on them."
            ),
        )
    log = process.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
    if exit_status == ExitCode.USAGE and not process.rows_path.exists():
        raise UsageError(_last_words(log))
    for warning in dict.fromkeys(match[1] for line in log if (match := _LOG_WARNING.search(line))):
        console.print(f"Locust warns: {warning}", markup=False, style="yellow")
    recorded = _recorded(process, exit_status, log)
    if recorded.end is None:
        console.print(f"Locust {_ending(exit_status)}; streams in flight then are lost.", style="yellow")
    return recorded


def require_reachable(endpoint: Endpoint) -> None:
    """Return when the endpoint's host takes a connection.

    Raises:
        NothingRecordedError: It does not.
    """
    # Users would knock for the whole run; one connection tells the same at once, and costs the endpoint nothing.
    parts = urlsplit(endpoint.origin)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=_CONNECT_SECONDS).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise NothingRecordedError(f"{endpoint.origin} could not be reached: {reason}") from error


def _recorded(process: LocustProcess, exit_status: int | None, log: list[str]) -> Run:
    try:
        with process.rows_path.open(encoding="utf-8") as lines:
            return read_run(lines)
    except (OSError, RunFileError) as error:
        last_words = "\n".join(log[-10:])
        raise NothingRecordedError(
            f"Locust {_ending(exit_status)} before it recorded anything\n{last_words}".rstrip()
        ) from error


def _last_words(log: list[str]) -> str:
    errors = [line.partition("rror: ")[2] for line in log if "rror: " in line]
    return errors[-1] if errors else "\n".join(log[-3:])


def _ending(exit_status: int | None) -> str:
    return "was stopped" if exit_status is None else f"ended with status {exit_status}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
