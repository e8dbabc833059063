"""Some users leave after the first preview: how soon does the GPU stop, and do the others suffer?

``locust -f load/scenarios/hang_ups.py --host URL --headless -u 8 -t 5m --leave-share 0.5`` has half of the streams
left, in blocks of ``--block-seconds``; in the blocks between, everybody stays. Streams are in the groups ``leaves``,
``stays`` (beside those that leave) and ``nobody leaves``. An endpoint that stops for those who left has more time for
the others; one that does not makes them wait.
"""

from typing import Any

from locust import events, task

from load.scenario import StreamUser
from load.streaming.pacing import plan_share  # noqa: F401 - listens to Locust's events
from load.streaming.pacing.block_options import add_block_option, block_of, require_blocks
from load.streaming.pacing.scenario_options import checked_at_start
from load.streaming.run.run_clock import since_start_ns
from load.workload.blocks import arm_in
from load.workload.shares import drawn_share, require_share

_ARMS = (True, False)


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    add_block_option(parser)
    parser.add_argument(
        "--leave-share",
        env_var="LOCUST_LEAVE_SHARE",
        metavar="SHARE",
        type=float,
        default=0.5,
        help="the share of streams that are left after their first preview",
    )


@checked_at_start
def _leave_share(options: Any) -> float:
    require_blocks(options)
    return require_share("--leave-share", options.leave_share)


@events.test_start.add_listener
def _begin(environment: Any, **_: Any) -> None:
    options = environment.parsed_options
    environment.leavers = environment.plan_share.of(drawn_share(_leave_share(options), seed=options.seed))


class Leaver(StreamUser):
    """One person who never pauses, and does not always wait for the end."""

    @task
    def generate_picture(self) -> None:
        """One picture, or the first preview of one."""
        # Drawn in either kind of block, so that the same streams are compared.
        leaves = next(self.environment.leavers)
        block = block_of(self.environment, since_start_ns(self.environment))
        if not arm_in(block, _ARMS, seed=self.run_options.seed):
            self.generate(group="nobody leaves")
        elif leaves:
            self._leave()
        else:
            self.generate(group="stays")

    def _leave(self) -> None:
        options = self.run_options
        with self.client.stream(options.endpoint.path, json=options.payload, group="leaves") as stream:
            for _ in stream:
                if stream.has_picture:
                    break
        self.pause_after(stream.row)
