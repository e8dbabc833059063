"""Judges a run when Locust quits, so that ``locust -f SCENARIO --objectives FILE`` gates as our own command does.

Importing this module listens to Locust's events.
"""

from typing import Any

from locust import events
from rich.console import Console

from load.exit_code import exit_code
from load.objectives import judge
from load.reports.console import print_run
from load.streaming.run_options import RunOptions
from load.streaming.run_recorder import RunRecorder
from load.validity import invalidities

__all__: list[str] = []


@events.quitting.add_listener
def _judge(environment: Any, **_: Any) -> None:
    rows = getattr(environment, "stream_rows", None)
    if not isinstance(rows, RunRecorder):
        return
    if not rows.is_closed:
        # After Ctrl-C Locust says that it quits before it stops.
        environment.runner.quit()
    objectives = RunOptions.of(environment).objectives
    if not objectives or environment.process_exit_code is not None:
        return
    run = rows.run
    verdicts, invalid = judge(objectives, run), invalidities(run)
    print_run(Console(stderr=True), run, verdicts, invalid)
    environment.process_exit_code = int(exit_code(run, verdicts, invalid))
