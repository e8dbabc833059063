"""Which part of a plan this process keeps, when several keep it together.

Importing this module listens to Locust's events: the master tells each worker its share before the first user is
made, in ``environment.plan_share``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from locust import events
from locust.runners import MasterRunner, WorkerRunner

from load.workload.arrivals import share_of

__all__ = ["PlanShare"]

_MESSAGE = "plan_share"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShare:
    """One of several equal parts of a plan.

    Attributes:
        index: Which, counted from 0.
        workers: Of how many.
    """

    index: int = 0
    workers: int = 1

    def of(self, plan: Iterator[_T]) -> Iterator[_T]:
        """What this process takes of the plan."""
        return share_of(plan, index=self.index, workers=self.workers)


@events.init.add_listener
def _listen_to_master(environment: Any, runner: Any, **_: Any) -> None:
    environment.plan_share = PlanShare()
    if isinstance(runner, WorkerRunner):
        runner.register_message(_MESSAGE, _take)


@events.test_start.add_listener
def _tell_workers(environment: Any, **_: Any) -> None:
    runner = environment.runner
    if not isinstance(runner, MasterRunner):
        return
    clients = [client.id for client in (*runner.clients.ready, *runner.clients.running, *runner.clients.spawning)]
    for index, client_id in enumerate(clients):
        runner.send_message(_MESSAGE, {"index": index, "workers": len(clients)}, client_id)


def _take(environment: Any, msg: Any, **_: Any) -> None:
    environment.plan_share = PlanShare(**msg.data)
