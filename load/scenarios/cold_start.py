"""One stream after each idle time, and one right after it: what does a cold start cost?

``locust -f load/scenarios/cold_start.py --host URL --headless -u 1 -t 10m --idle-seconds 1,5,30`` is alone with the
endpoint. Streams are in the groups ``first``, ``after 1 s``, ``after 5 s``, ``after 30 s`` and ``warm``; a warm one
follows each cold one, so that both saw the same hour.
"""

from typing import Any

from locust import events, task

from load.scenario import StreamUser
from load.streaming.pacing.scenario_options import checked_at_start
from load.workload.idle_times import idle_before, read_idle_seconds

_FIRST, _WARM = "first", "warm"


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    parser.add_argument(
        "--idle-seconds",
        env_var="LOCUST_IDLE_SECONDS",
        metavar="SECONDS,...",
        default="1,5,30",
        help="for how long the endpoint is left alone before a stream; each in turn, in an order drawn by chance",
    )


@checked_at_start
def _idle_seconds(options: Any) -> tuple[float, ...]:
    if (options.num_users or 1) != 1:
        raise ValueError(f"cold_start has one user, and --users is {options.num_users}: others would keep it warm")
    return read_idle_seconds(options.idle_seconds)


class RareUser(StreamUser):
    """One person who comes back after a while."""

    _idle_seconds: float | None = None
    _visits = 0

    def wait_time(self) -> float:
        """The idle time, in seconds. Locust ends users that wait when it stops, and no others."""
        self._idle_seconds = idle_before(
            self._visits, _idle_seconds(self.environment.parsed_options), seed=self.run_options.seed
        )
        self._visits += 1
        return self._idle_seconds

    @task
    def generate_pictures(self) -> None:
        """One that may be cold, and one that is warm."""
        self.generate(group=_FIRST if self._idle_seconds is None else f"after {self._idle_seconds:g} s")
        self.generate(group=_WARM)
