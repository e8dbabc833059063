"""A steady load for a long time: does the endpoint become slower, or its memory fuller?

``locust -f load/scenarios/soak.py --host URL --headless -u 4 -t 4h --rows soak.jsonl`` runs it. Whatever drifts by
more than its own scatter is told at the end, with an interval.
"""

from locust import task

from load.scenario import StreamUser


class SoakUser(StreamUser):
    """One person who never pauses."""

    @task
    def generate_picture(self) -> None:
        """One picture, from the POST to the end of the stream."""
        self.generate()
