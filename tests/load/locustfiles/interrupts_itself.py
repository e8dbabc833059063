"""A user during whose work Ctrl-C comes: while it reads its first stream."""

import os
import signal

from locust import task

from load.scenario import StreamUser


class InterruptedUser(StreamUser):
    is_interrupted = False

    @task
    def generate_picture(self) -> None:
        with self.client.stream(self.run_options.endpoint.path, json={}) as stream:
            for _ in stream:
                if not self.is_interrupted:
                    self.is_interrupted = True
                    os.kill(os.getpid(), signal.SIGINT)
