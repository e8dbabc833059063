"""A user that makes an ordinary call of Locust's beside its stream, then waits to be ended within another."""

from locust import task

from load.scenario import StreamUser


class OrdinaryUser(StreamUser):
    @task
    def visit(self) -> None:
        self.client.get("/ordinary", name="ordinary get")
        with self.client.stream("/quick", json={}, name="quick", group="quick", planned_ns=0) as stream:
            for timed in stream:
                assert timed.kernel_ns is None or timed.kernel_ns <= timed.at_ns
        with self.client.stream("/slow", json={}, name="slow", headers={"X-Tried": "yes"}) as stream:
            for _ in stream:
                pass
