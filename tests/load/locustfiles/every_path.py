"""A scenario whose payload is a list of paths; its one user streams from each in turn, then ends the run."""

from locust import task

from load.scenario import StreamUser


class EveryPathUser(StreamUser):
    max_event_bytes = 1_000_000

    @task
    def visit(self) -> None:
        for path in self.run_options.payload:
            with self.client.stream(path, json={"path": path}, name=path) as stream:
                for _ in stream:
                    if path == "/left-early":
                        break
        self.environment.runner.quit()
