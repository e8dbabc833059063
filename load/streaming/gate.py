"""Judges a run when Locust quits, so that ``locust -f SCENARIO --objectives FILE`` gates as our own command does.

Importing this module listens to Locust's events.
"""

from typing import Any

from locust import events
from rich.console import Console

from load.judged_run import JudgedRun
from load.reports.console import print_run
from load.streaming.run.run_options import RunOptions
from load.streaming.run.run_recorder import RunRecorder

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
    judged = JudgedRun.of(rows.run, objectives)
    print_run(Console(stderr=True), judged)
    environment.process_exit_code = int(judged.exit_code)
