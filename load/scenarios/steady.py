"""Steady: a fixed number of users, each asking for the next picture as soon as it has the last.

``locust -f load/scenarios/steady.py --host http://127.0.0.1:8000/stream --headless -u 4 -t 20s``
"""

from locust import task

from load.stream_user import StreamUser


class SteadyUser(StreamUser):
    """One person who never pauses."""

    @task
    def generate_picture(self) -> None:
        """One picture, from the POST to the end of the stream."""
        self.generate()
