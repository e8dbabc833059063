"""Locust's FastHttpUser with its own iter_lines()."""

import time

import gevent
from locust import FastHttpUser, task

from benchmarks.readers.locust_run import run_locust
from benchmarks.readers.tally import Peer, Tally

_PEER, _TALLY = Peer(), Tally()


class _User(FastHttpUser):
    def on_start(self) -> None:
        gevent.sleep(_PEER.start_delay_seconds())

    @task
    def read(self) -> None:
        for line in self.client.iter_lines("/stream", method="POST", json={}):
            if line.startswith("data:"):
                _TALLY.take(line[:100].encode(), time.monotonic_ns())


if __name__ == "__main__":
    run_locust(_User, _PEER, _TALLY)
