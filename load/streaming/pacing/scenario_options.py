"""Options that one scenario has beside those of all: added to Locust's, and refused before anything is sent."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

from locust import events

from load.errors import UsageError

__all__ = ["checked_at_start", "seconds_of_run"]

_T = TypeVar("_T")
_DEFAULT_RUN_SECONDS = 60.0


def checked_at_start(read: Callable[[Any], _T]) -> Callable[[Any], _T]:
    """Have ``read`` look at the options before the run; what it refuses ends Locust with one line and status 2.

    It is returned as it is, for the scenario to call once more.

    Args:
        read: Reads options, and raises UsageError or ValueError for bad ones.
    """

    def check(environment: Any, **_: Any) -> None:
        try:
            read(environment.parsed_options)
        except (UsageError, ValueError) as error:
            sys.stderr.write(f"Error: {error}\n")
            # An exception would be logged and passed over; leaving is what Locust does for its own options.
            raise SystemExit(2) from None

    events.init.add_listener(check)
    return read


def seconds_of_run(options: Any) -> float:
    """How long the run is to last: ``--run-time``, or a minute where Locust was given none."""
    return float(options.run_time or _DEFAULT_RUN_SECONDS)
