"""Locust's HttpUser with the iter_lines() of requests."""

import time

import gevent
from locust import HttpUser, task

from benchmarks.readers.locust_run import run_locust
from benchmarks.readers.tally import Peer, Tally

_PEER, _TALLY = Peer(), Tally()


class _User(HttpUser):
    def on_start(self) -> None:
        gevent.sleep(_PEER.start_delay_seconds())

    @task
    def read(self) -> None:
        response = self.client.post("/stream", json={}, stream=True)
        for line in response.iter_lines():
            if line.startswith(b"data:"):
                _TALLY.take(line, time.monotonic_ns())


if __name__ == "__main__":
    run_locust(_User, _PEER, _TALLY)
