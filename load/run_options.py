"""What a scenario is told beside Locust's own flags: payload, path, longest wait, and where rows go.

Importing this module adds the options to Locust's command line and web page.
"""

import hashlib
import json
import os
import platform
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import locust
from locust import events

from conformance.core import redact_url
from load.endpoint import DEFAULT_WAIT_SECONDS, Endpoint
from load.errors import UsageError
from load.fal_key import fal_key_for
from load.payload import DEFAULT_PAYLOAD, read_payload
from load.row_writer import RowWriter, require_writable
from load.run_file import Fingerprint

__all__ = ["RunOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options, read and checked.

    Attributes:
        endpoint: Where the POSTs go.
        payload: The JSON value each of them carries.
        wait_seconds: The longest wait for the next byte.
        fal_key: The credential to send, or None. It is no part of the options' text.
    """

    endpoint: Endpoint
    payload: Any
    wait_seconds: float
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
        if options.rows:
            require_writable(Path(options.rows))
    except UsageError as error:
        sys.stderr.write(f"Error: {error}\n")
        # An exception would be logged and passed over; leaving is what Locust does for its own options.
        raise SystemExit(2) from None


@events.test_start.add_listener
def _open_rows(environment: Any, **_: Any) -> None:
    path = environment.parsed_options.rows
    is_master = type(environment.runner).__name__ == "MasterRunner"
    environment.stream_rows = None
    if path and not is_master:
        environment.stream_rows = RowWriter(Path(path), _fingerprint(environment))


@events.test_stop.add_listener
def _close_rows(environment: Any, **_: Any) -> None:
    if environment.stream_rows is not None:
        environment.stream_rows.close()


def _fingerprint(environment: Any) -> Fingerprint:
    options = environment.parsed_options
    run = RunOptions.of(environment)
    payload = json.dumps(run.payload, sort_keys=True, separators=(",", ":")).encode()
    return Fingerprint(
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        scenario=Path(environment.locustfile or "unknown").stem,
        endpoint=redact_url(run.endpoint.url),
        users=options.num_users,
        run_seconds=options.run_time,
        payload_sha256=hashlib.sha256(payload).hexdigest(),
        payload_bytes=len(payload),
        locust=locust.__version__,
        python=platform.python_version(),
        machine=f"{platform.system()} {platform.machine()}",
        processors=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    )
