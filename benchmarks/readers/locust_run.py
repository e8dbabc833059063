"""Runs one class of Locust's users in this process, as Locust would."""

from typing import Any

import gevent
from locust.env import Environment

from benchmarks.readers.tally import Peer, Tally

__all__ = ["run_locust"]


def run_locust(user_class: Any, peer: Peer, tally: Tally) -> None:
    """Read back to back with as many users, and print the figures."""
    environment = Environment(user_classes=[user_class], host=peer.origin)
    runner = environment.create_local_runner()
    runner.start(peer.users, spawn_rate=peer.users)
    gevent.sleep(peer.settle_seconds)
    tally.begin()
    gevent.sleep(peer.seconds)
    tally.tell()
    environment.stop_timeout = 0
    runner.quit()
