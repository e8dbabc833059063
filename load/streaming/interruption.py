"""Ctrl-C ends a run, and never a stream: it reaches Locust's main greenlet, whichever greenlet was at work.

Importing this module listens to Locust's events.
"""

import signal
from typing import Any

import gevent
from locust import events

__all__: list[str] = []


@events.init.add_listener
def _listen(**_: Any) -> None:
    # Python would raise KeyboardInterrupt in the middle of whatever runs: a user that reads, or a row being kept.
    gevent.signal_handler(signal.SIGINT, _interrupt_main)


def _interrupt_main() -> None:
    gevent.get_hub().handle_system_error(KeyboardInterrupt, KeyboardInterrupt())
