"""Streams due at planned instants, whatever the endpoint does: an open workload.

``locust -f load/scenarios/arrivals.py --host URL --headless -u 50 -t 60s --rate 2 --arrivals poisson`` has two streams
a second due on average. A free user takes the next one; with too few users streams start late, which is recorded and
measured, and those never sent are counted. Every latency counts from the planned instant.
"""

from typing import Any

from locust import events, task
from locust.runners import MasterRunner

from load.scenario import StreamUser
from load.streaming.pacing import plan_share  # noqa: F401 - listens to Locust's events
from load.streaming.pacing.scenario_options import checked_at_start
from load.streaming.run.run_clock import since_start_ns
from load.workload.arrivals import DEFAULT_RATE, Arrivals, due_before, planned_ns

_NS_PER_SECOND = 1_000_000_000


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    parser.add_argument(
        "--rate",
        env_var="LOCUST_RATE",
        metavar="PER_SECOND",
        type=float,
        default=DEFAULT_RATE,
        help="how many streams a second are due, on average",
    )
    parser.add_argument(
        "--arrivals",
        env_var="LOCUST_ARRIVALS",
        choices=[arrivals.value for arrivals in Arrivals],
        default=Arrivals.POISSON.value,
        help="whether they are due at equal distances, or by chance",
    )


@checked_at_start
def _plan(options: Any) -> Any:
    return planned_ns(Arrivals(options.arrivals), rate=options.rate, seed=options.seed)


@events.test_start.add_listener
def _begin(environment: Any, **_: Any) -> None:
    environment.arrivals = environment.plan_share.of(_plan(environment.parsed_options))
    environment.arrivals_started = 0
    environment.arrivals_awaited = set()
    environment.arrivals_are_over = False


@events.test_stopping.add_listener
def _count_unsent(environment: Any, **_: Any) -> None:
    # Users are stopped a moment later; until then none may take what is due after the end.
    environment.arrivals_are_over = True
    if isinstance(environment.runner, MasterRunner):
        # It has no users of its own: its workers count.
        return
    plan = environment.plan_share.of(_plan(environment.parsed_options))
    end_ns = _end_ns(environment)
    # Locust is busy for some milliseconds before it says that it stops. What came due in them had a user ready.
    awaited = sum(planned < end_ns for planned in environment.arrivals_awaited)
    environment.stream_rows.add_unsent(due_before(plan, end_ns) - environment.arrivals_started - awaited)


def _end_ns(environment: Any) -> int:
    # A worker's rows know of no end: it stops when its master says so.
    end_ns: int | None = getattr(environment.stream_rows, "end_ns", None)
    return since_start_ns(environment) if end_ns is None else end_ns


class ArrivalsUser(StreamUser):
    """Somebody who is there when a stream is due."""

    # The plan bounds the load by itself: a pause after a failure would only make the next stream late.
    shortest_failure_seconds = 0.0
    _planned_ns: int | None = None

    def wait_time(self) -> float:
        """Until the next planned instant, in seconds. Locust ends users that wait when it stops, and no others."""
        due_ns: int = next(self.environment.arrivals)
        self._planned_ns = due_ns
        seconds_left = (due_ns - since_start_ns(self.environment)) / _NS_PER_SECOND
        if seconds_left > 0:
            self.environment.arrivals_awaited.add(due_ns)
        return max(0.0, seconds_left)

    @task
    def generate_picture(self) -> None:
        """The stream that is due; nothing is when the user has just been made."""
        if self._planned_ns is not None and not self.environment.arrivals_are_over:
            self.environment.arrivals_awaited.discard(self._planned_ns)
            self.environment.arrivals_started += 1
            self.generate(planned_ns=self._planned_ns)
