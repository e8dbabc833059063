"""Some users read slowly: do the others suffer?

``locust -f load/scenarios/slow_readers.py --host URL --headless -u 8 -t 5m --slow-share 0.25`` has every fourth user
take in what it gets at ``--reader-bytes-per-second``, in blocks of ``--block-seconds``; in the blocks between, nobody
is slow. Streams are in the groups ``slow``, ``normal`` (beside slow ones) and ``nobody slow``.
"""

from typing import Any

import gevent
from locust import events, task

from load.scenario import StreamUser
from load.streaming.pacing.block_options import add_block_option, block_of, require_blocks
from load.streaming.pacing.scenario_options import checked_at_start
from load.streaming.run.run_clock import since_start_ns
from load.workload.blocks import arm_in
from load.workload.shares import is_in_share, require_share

_ARMS = (True, False)


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    add_block_option(parser)
    parser.add_argument(
        "--slow-share",
        env_var="LOCUST_SLOW_SHARE",
        metavar="SHARE",
        type=float,
        default=0.25,
        help="the share of users that read slowly; one in each process, if any",
    )
    parser.add_argument(
        "--reader-bytes-per-second",
        env_var="LOCUST_READER_BYTES_PER_SECOND",
        metavar="BYTES",
        type=float,
        default=20_000.0,
        help="how fast a slow one reads",
    )


@checked_at_start
def _pace(options: Any) -> float:
    require_blocks(options)
    require_share("--slow-share", options.slow_share)
    if not options.reader_bytes_per_second > 0:
        raise ValueError(f"--reader-bytes-per-second is {options.reader_bytes_per_second:g}, expected more than 0")
    return float(options.reader_bytes_per_second)


@events.test_start.add_listener
def _begin(environment: Any, **_: Any) -> None:
    environment.readers_made = 0


class Reader(StreamUser):
    """One person who never pauses, and may be slow of reading."""

    def on_start(self) -> None:
        """Find out which kind this user is."""
        self._is_slow = is_in_share(self.environment.readers_made, self.environment.parsed_options.slow_share)
        self.environment.readers_made += 1

    @task
    def generate_picture(self) -> None:
        """One picture; read at the user's pace when it is time for that."""
        block = block_of(self.environment, since_start_ns(self.environment))
        if not arm_in(block, _ARMS, seed=self.run_options.seed):
            self.generate(group="nobody slow")
        elif self._is_slow:
            self._read_slowly()
        else:
            self.generate(group="normal")

    def _read_slowly(self) -> None:
        bytes_per_second = _pace(self.environment.parsed_options)
        options = self.run_options
        with self.client.stream(options.endpoint.path, json=options.payload, group="slow") as stream:
            stream.read_late()
            for timed in stream:
                gevent.sleep(len(timed.encoded.data) / bytes_per_second)
        self.pause_after(stream.row)
