"""A scenario, run by Locust in a process of its own.

Locust replaces parts of the standard library when it is imported. A child process keeps that out of ours, and
what it wrote down outlives it however it ends.
"""

import ast
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from types import FrameType

from load.endpoint import Endpoint
from load.errors import ScenarioError

__all__ = ["LocustProcess", "child_environment", "scenario_path", "scenario_summaries"]

_SCENARIOS = Path(__file__).parent / "scenarios"
# Locust needs a few seconds to start and to print its tables.
_SLACK_SECONDS = 30.0
_POLL_SECONDS = 0.2
_LOOPBACK = "127.0.0.1"


def scenario_summaries() -> dict[str, str]:
    """The scenarios by name, each with the first line of its file."""
    return {path.stem: _summary(path) for path in sorted(_SCENARIOS.glob("[a-z]*.py"))}


def scenario_path(name: str) -> Path:
    """The locustfile of a scenario.

    Raises:
        ScenarioError: There is none of that name; the text lists those there are.
    """
    names = scenario_summaries()
    if name not in names:
        raise ScenarioError(f"{name!r} is not a scenario; the scenarios are {', '.join(names)}")
    return _SCENARIOS / f"{name}.py"


def _summary(path: Path) -> str:
    # Read, not imported: a scenario imports Locust.
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocustProcess:
    """One run of a scenario on one endpoint.

    Attributes:
        scenario: The locustfile.
        endpoint: Where the load goes.
        users: How many users at the most; scenarios that do not say otherwise start all at once.
        run_seconds: For how long streams are started; those in flight then may end.
        wait_seconds: The longest wait for the next byte, and for streams in flight when the run is over.
        processes: How many generator processes.
        payload: JSON, or ``@`` and the absolute name of a file.
        objectives: Limits, for scenarios that search for a load which holds them.
        further_options: What the scenario or Locust is told beside this, as on its command line.
        rows_path: The run file to write.
        log_path: Where Locust's own output goes.
    """

    scenario: Path
    endpoint: Endpoint
    users: int
    run_seconds: int
    payload: str
    wait_seconds: float
    processes: int = 1
    objectives: tuple[str, ...] = ()
    further_options: tuple[str, ...] = ()
    rows_path: Path
    log_path: Path

    def command(self) -> list[str]:
        """The command line."""
        return [
            # With -P nothing is imported from the working directory by accident.
            *(sys.executable, "-P", "-m", "locust", "--locustfile", str(self.scenario.absolute())),
            *("--host", self.endpoint.origin, f"--stream-path={self.endpoint.path}"),
            *("--headless", "--only-summary", "--exit-code-on-error", "0", "--loglevel", "WARNING"),
            *("--users", str(self.users), "--spawn-rate", str(self.users)),
            *("--run-time", f"{self.run_seconds}s", "--stop-timeout", str(ceil(self.wait_seconds))),
            *(f"--payload={self.payload}", "--wait-seconds", str(self.wait_seconds)),
            *("--rows", str(self.rows_path.absolute())),
            *(f"--objective={objective}" for objective in self.objectives),
            *(_several(self.processes) if self.processes > 1 else ()),
            *map(_absolute, self.further_options),
        ]

    def run(self, *, tick: Callable[[], None], interrupted: Callable[[], None]) -> int | None:
        """Run it to its end, and return its exit status, or None when it had to be killed.

        The first Ctrl-C (or SIGTERM) stops new streams and lets those in flight end; the second kills.

        Args:
            tick: Called a few times a second.
            interrupted: Called after the first Ctrl-C; where it raises KeyboardInterrupt, the process is killed.
        """
        with self.log_path.open("wb") as log, _signals_interrupt():
            process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=child_environment(),
                # What Locust is told to write lands beside the run.
                cwd=self.rows_path.parent,
                # Ctrl-C in a terminal goes to a whole group; the child hears of it from us, and once.
                start_new_session=True,
            )
            try:
                return _wait(process, self.run_seconds + self.wait_seconds + _SLACK_SECONDS, tick)
            except KeyboardInterrupt:
                process.send_signal(signal.SIGINT)
                interrupted()
                with suppress(KeyboardInterrupt):
                    return _wait(process, self.wait_seconds + _SLACK_SECONDS, tick)
                return None
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()


def _several(processes: int) -> tuple[str, ...]:
    # Locust's own choice is every interface, and a port that a second run would find taken.
    with socket.create_server((_LOOPBACK, 0)) as free:
        port = str(free.getsockname()[1])
    place = ("--master-bind-host", _LOOPBACK, "--master-bind-port", port, "--master-port", port)
    return ("--processes", str(processes), *place)


def _absolute(option: str) -> str:
    # A file is named from where the user is, and Locust runs elsewhere: FILE, @FILE, --option=FILE.
    flag, equals, value = option.partition("=") if option.startswith("--") else ("", "", option)
    mark = "@" if value.startswith("@") else ""
    file = value.removeprefix(mark)
    # Not Path.is_file, which raises for a name that is too long, as JSON is.
    return f"{flag}{equals}{mark}{Path(file).absolute()}" if os.path.isfile(file) else option  # noqa: PTH113


def _wait(process: subprocess.Popen[bytes], limit_seconds: float, tick: Callable[[], None]) -> int | None:
    deadline = time.monotonic() + limit_seconds
    while time.monotonic() < deadline:
        tick()
        try:
            return process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    return None


def child_environment() -> dict[str, str]:
    """Our own environment, so that a child finds this package, and Locust only what it was told."""
    # A forgotten LOCUST_MASTER or LOCUST_CSV would make this another run than the one that was asked for.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOCUST_")}
    here = str(Path(__file__).parent.parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))
    return environment


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
