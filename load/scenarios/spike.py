"""Some users, then k times as many, then some again: how bad does it get, and how soon is it over?

``locust -f load/scenarios/spike.py --host URL --headless -u 8 -t 80s --spike-factor 4`` has 2 users for a quarter of
the time, 8 for the next, and 2 again for the rest.
"""

from typing import Any

from locust import events, task

from load.scenario import StreamUser
from load.streaming.pacing.scenario_options import checked_at_start, seconds_of_run
from load.streaming.pacing.staged_shape import StagedShape
from load.workload.stages import Stage, spike, stage_at


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    parser.add_argument(
        "--spike-factor",
        env_var="LOCUST_SPIKE_FACTOR",
        metavar="TIMES",
        type=float,
        default=4.0,
        help="how many times as many users there are in the spike; --users is the number in it",
    )


@checked_at_start
def _stages(options: Any) -> tuple[Stage, ...]:
    return spike(most_users=options.num_users or 1, factor=options.spike_factor, seconds=seconds_of_run(options))


class SpikeUser(StreamUser):
    """One person who never pauses."""

    @task
    def generate_picture(self) -> None:
        """One picture, from the POST to the end of the stream."""
        self.generate()


class SpikeShape(StagedShape):
    """Few users, many, few."""

    def stage(self, now_ns: int) -> tuple[int, str] | None:
        """The users of the stage that holds now."""
        stage = stage_at(_stages(self.options), now_ns / 1e9)
        return None if stage is None else (stage.users, str(stage))
