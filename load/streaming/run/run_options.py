"""What a scenario is told beside Locust's own flags: payload, path, longest wait, and where rows go.

Importing this module adds the options to Locust's command line and web page.
"""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from locust import events

from load.endpoint import DEFAULT_WAIT_SECONDS, Endpoint
from load.errors import UsageError
from load.fal_key import fal_key_for
from load.objectives import Objective
from load.objectives_file import read_options
from load.payload import DEFAULT_PAYLOAD, read_payload
from load.run import LARGEST_LAG_SECONDS
from load.streaming.reading.stream_reader import ReaderKind
from load.streaming.run.run_writer import require_writable

__all__ = ["DEFAULT_LONGEST_STREAM_SECONDS", "RunOptions"]

DEFAULT_LONGEST_STREAM_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options, read and checked.

    Attributes:
        endpoint: Where the POSTs go.
        payload: The JSON value each of them carries.
        wait_seconds: The longest wait for the next byte.
        longest_stream_seconds: The longest that a whole stream may take.
        reader: Which reader reads.
        look_at: The pictures of one stream in this many are looked at; 0 for none.
        warm_up_seconds: For how long from the start streams are sent to warm up only.
        seed: What every draw of a scenario comes from.
        objectives: The limits to hold.
        fal_key: The credential to send, or None. It is no part of the options' text.
    """

    endpoint: Endpoint
    payload: Any
    wait_seconds: float
    longest_stream_seconds: float
    reader: ReaderKind
    look_at: int
    warm_up_seconds: float
    seed: int
    objectives: tuple[Objective, ...]
    fal_key: str | None = field(repr=False)

    @classmethod
    def of(cls, environment: Any) -> "RunOptions":
        """The options that Locust was started with.

        Raises:
            UsageError: The host or the payload is not valid.
        """
        options = environment.parsed_options
        endpoint = Endpoint.parse(environment.host or "", path=options.stream_path or None)
        return cls(
            endpoint=endpoint,
            payload=read_payload(options.payload),
            wait_seconds=options.wait_seconds,
            longest_stream_seconds=options.longest_stream_seconds,
            reader=ReaderKind(options.reader),
            look_at=options.look_at,
            warm_up_seconds=options.warm_up_seconds,
            seed=options.seed,
            objectives=read_options(options.objective, options.objectives),
            fal_key=fal_key_for(endpoint, os.environ),
        )


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    parser.add_argument(
        "--payload",
        env_var="LOCUST_PAYLOAD",
        metavar="JSON|@FILE",
        default=DEFAULT_PAYLOAD,
        help="the JSON that each POST carries, or @ and the name of a file that holds it",
    )
    parser.add_argument(
        "--stream-path",
        env_var="LOCUST_STREAM_PATH",
        metavar="PATH",
        default="",
        help="path of the stream; without it the path of --host, or /stream where that has none",
    )
    parser.add_argument(
        "--wait-seconds",
        env_var="LOCUST_WAIT_SECONDS",
        metavar="SECONDS",
        type=float,
        default=DEFAULT_WAIT_SECONDS,
        help="give a stream up after this long without a byte",
    )
    parser.add_argument(
        "--longest-stream-seconds",
        env_var="LOCUST_LONGEST_STREAM_SECONDS",
        metavar="SECONDS",
        type=float,
        default=DEFAULT_LONGEST_STREAM_SECONDS,
        help="give a stream up that is not over after this long",
    )
    parser.add_argument(
        "--reader",
        env_var="LOCUST_READER",
        choices=[kind.value for kind in ReaderKind],
        default=ReaderKind.PRECISE.value,
        help="what reads the streams: our own reader, or the response of Locust's fast client",
    )
    parser.add_argument(
        "--look-at",
        env_var="LOCUST_LOOK_AT",
        metavar="N",
        type=int,
        default=10,
        help="decode the pictures of one stream in N once it is over, and tell how soon they were useful; 0 for none",
    )
    parser.add_argument(
        "--warm-up-seconds",
        env_var="LOCUST_WARM_UP_SECONDS",
        metavar="SECONDS",
        type=float,
        default=0.0,
        help="streams planned this soon after the start warm the endpoint up, and are not measured",
    )
    parser.add_argument(
        "--seed",
        env_var="LOCUST_SEED",
        metavar="NUMBER",
        type=int,
        default=0,
        help="what every draw of the scenario comes from: the same seed, the same plan",
    )
    parser.add_argument(
        "--gpus",
        env_var="LOCUST_GPUS",
        metavar="NUMBER",
        type=int,
        default=None,
        help="how many GPUs serve the endpoint, for figures per GPU",
    )
    parser.add_argument(
        "--gpu-hour-price",
        env_var="LOCUST_GPU_HOUR_PRICE",
        metavar="PRICE",
        type=float,
        default=None,
        help="what one of them costs an hour, for the cost of an image",
    )
    parser.add_argument(
        "--largest-lag-seconds",
        env_var="LOCUST_LARGEST_LAG_SECONDS",
        metavar="SECONDS",
        type=float,
        default=LARGEST_LAG_SECONDS,
        help="the run is invalid where the generator was later than this (p99), or than 2 %% of a slow first preview",
    )
    parser.add_argument(
        "--commit",
        env_var="LOCUST_COMMIT",
        metavar="TEXT",
        default="",
        help="what is deployed there, kept with the run",
    )
    parser.add_argument(
        "--objective",
        action="append",
        metavar="LIMIT",
        default=[],
        help="a limit to hold, such as 'ttfp_p95 <= 1.5 s'; may be given more than once",
        include_in_web_ui=False,
    )
    parser.add_argument(
        "--objectives",
        env_var="LOCUST_OBJECTIVES",
        metavar="FILE.toml",
        default="",
        help="limits to hold, from a file's list `objectives`; they set the exit code",
        include_in_web_ui=False,
    )
    parser.add_argument(
        "--rows",
        env_var="LOCUST_ROWS",
        metavar="FILE",
        default="",
        help="write one JSON line a stream to FILE; an existing file is kept, and FILE-2 written",
        include_in_web_ui=False,
    )


@events.init.add_listener
def _check_options(environment: Any, **_: Any) -> None:
    options = environment.parsed_options
    try:
        if environment.host:
            RunOptions.of(environment)
        else:
            read_payload(options.payload)
            read_options(options.objective, options.objectives)
        if options.rows:
            require_writable(Path(options.rows))
    except UsageError as error:
        sys.stderr.write(f"Error: {error}\n")
        # An exception would be logged and passed over; leaving is what Locust does for its own options.
        raise SystemExit(2) from None
