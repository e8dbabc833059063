"""A fixed number of users, each asking for the next picture as soon as it has the last.

``locust -f load/scenarios/steady.py --host http://127.0.0.1:8000/stream --headless -u 4 -t 20s`` runs it, with any
other flag of Locust's, and with ``--payload JSON|@FILE``, ``--stream-path PATH``, ``--wait-seconds SECONDS`` and
``--rows FILE``, which ``--help`` leaves out because Locust prints that page before it reads this file.
"""

from locust import task

from load.scenario import StreamUser


class SteadyUser(StreamUser):
    """One person who never pauses."""

    @task
    def generate_picture(self) -> None:
        """One picture, from the POST to the end of the stream."""
        self.generate()
