"""Sends the same request alone at the start, in the middle and at the end of a run: how fast is the machine now?

Importing this module adds ``--calibration-requests`` and ``--calibration-payload`` to Locust's options, and listens to
its events. While such requests are on their way, no user begins a stream.
"""

from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import gevent
from gevent.event import Event
from locust import events
from locust.exception import StopUser

from load.errors import UsageError
from load.payload import read_payload
from load.run import CALIBRATION_GROUP
from load.streaming.pacing.scenario_options import checked_at_start
from load.streaming.users.stream_user import StreamUser

__all__ = ["HostCheck"]

_CLOSED = ("mixed", "soak", "steady")
_LOOK_SECONDS = 0.01


class _Prober(StreamUser):
    """A user that Locust does not know of, and so never starts or ends."""

    abstract = True


class HostCheck:
    """Holds users back while it asks."""

    def __init__(self, environment: Any, *, payload: Any, requests: int) -> None:
        """Ask now, and again when half of the run is over.

        Args:
            environment: Locust's.
            payload: What is asked for.
            requests: How often it asks each time.
        """
        self._environment = environment
        self._payload = payload
        self._requests = requests
        _Prober.host = environment.host
        self._user = _Prober(environment)
        self._user.run_options = replace(self._user.run_options, warm_up_seconds=inf)
        self._may_begin = Event()
        self._is_over = False
        self._greenlet = gevent.spawn(self._run)

    def wait(self) -> None:
        """Return when a stream may begin.

        Raises:
            StopUser: None will any more.
        """
        self._may_begin.wait()
        if self._is_over:
            raise StopUser

    def finish(self) -> None:
        """Ask for the last time, and let nobody begin any more."""
        self._greenlet.kill()
        self._is_over = True
        self._ask()

    def _run(self) -> None:
        self._ask()
        run_seconds = self._environment.parsed_options.run_time
        if run_seconds:
            gevent.sleep(run_seconds / 2)
            self._ask()

    def _ask(self) -> None:
        self._may_begin.clear()
        while self._user.watch.gauge.streams:
            gevent.sleep(_LOOK_SECONDS)
        path = self._user.run_options.endpoint.path
        for _ in range(self._requests):
            with self._user.client.stream(path, json=self._payload, group=CALIBRATION_GROUP) as stream:
                stream.read_to_end()
        self._may_begin.set()


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    parser.add_argument(
        "--calibration-requests",
        env_var="LOCUST_CALIBRATION_REQUESTS",
        metavar="NUMBER",
        type=int,
        default=0,
        help="send the same request so often, alone, at the start, in the middle and at the end: a machine that "
        "changed its speed meanwhile makes the run noisy",
    )
    parser.add_argument(
        "--calibration-payload",
        env_var="LOCUST_CALIBRATION_PAYLOAD",
        metavar="JSON|@FILE",
        default="",
        help="what is sent then, with a seed of its own where the endpoint has seeds; by default the run's payload",
    )


@checked_at_start
def _requests(options: Any) -> int:
    requests = int(options.calibration_requests)
    if requests < 0:
        raise UsageError(f"--calibration-requests is {requests}, expected 0 or more")
    scenario = Path(options.locustfile or "").stem
    if requests and (scenario not in _CLOSED or options.processes or options.master or options.worker):
        raise UsageError(
            f"--calibration-requests needs users that can be held back, in one process: {', '.join(_CLOSED)}"
        )
    if options.calibration_payload:
        read_payload(options.calibration_payload)
    return requests


@events.test_start.add_listener
def _begin(environment: Any, **_: Any) -> None:
    options = environment.parsed_options
    environment.host_check = None
    if requests := _requests(options):
        payload = read_payload(options.calibration_payload or options.payload)
        environment.host_check = HostCheck(environment, payload=payload, requests=requests)


@events.test_stopping.add_listener
def _end(environment: Any, **_: Any) -> None:
    if environment.host_check is not None:
        environment.host_check.finish()
