"""A scenario, run by a real Locust on a real socket."""

from pathlib import Path
from typing import Any

from load.endpoint import Endpoint
from load.locust_process import LocustProcess, scenario_path
from load.run import Run
from load.run_file import read_run

__all__ = ["run_locust", "run_scenario"]


def run_locust(folder: Path, origin: str, scenario: Path, **fields: Any) -> Run:
    """Run one user for a second, then read what was recorded.

    Args:
        folder: Where the run file goes.
        origin: Where the load goes.
        scenario: The locustfile.
        fields: Of :class:`LocustProcess`, where they are to be others.
    """
    process = LocustProcess(
        **{
            "scenario": scenario,
            "endpoint": Endpoint.parse(origin),
            "users": 1,
            "run_seconds": 1,
            "payload": "{}",
            "wait_seconds": 20,
            "rows_path": folder / "run.jsonl",
            "log_path": folder / "run.log",
            **fields,
        }
    )
    status = process.run(tick=lambda: None, interrupted=lambda: None)
    assert status == 0, process.log_path.read_text()
    with process.rows_path.open() as lines:
        return read_run(lines)


def run_scenario(name: str, origin: str, folder: Path, *options: str, **fields: Any) -> Run:
    """Run one of our scenarios with four users for three seconds.

    Args:
        name: The scenario's name.
        origin: Where the load goes.
        folder: Where the run file goes.
        options: The scenario's own.
        fields: Of :class:`LocustProcess`, where they are to be others.
    """
    fields = {"users": 4, "run_seconds": 3, "wait_seconds": 10, "further_options": options, **fields}
    return run_locust(folder, origin, scenario_path(name), **fields)
