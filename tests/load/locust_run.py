"""A scenario, run by a real Locust on a real socket."""

from pathlib import Path
from typing import Any

from load.endpoint import Endpoint
from load.locust_process import LocustProcess, scenario_path
from load.run import Run
from load.run_file import read_run

__all__ = ["run_scenario"]


def run_scenario(name: str, origin: str, folder: Path, *options: str, **fields: Any) -> Run:
    """Run it to its end and read what it recorded.

    Args:
        name: The scenario's name.
        origin: Where the load goes.
        folder: Where the run file goes.
        options: The scenario's own.
        fields: Of :class:`LocustProcess`.
    """
    process = LocustProcess(
        **{
            "scenario": scenario_path(name),
            "endpoint": Endpoint.parse(origin),
            "users": 4,
            "run_seconds": 3,
            "payload": "{}",
            "wait_seconds": 10,
            "further_options": options,
            "rows_path": folder / "run.jsonl",
            "log_path": folder / "run.log",
            **fields,
        }
    )
    status = process.run(tick=lambda: None, interrupted=lambda: None)
    assert status == 0, process.log_path.read_text()
    with process.rows_path.open() as lines:
        return read_run(lines)
