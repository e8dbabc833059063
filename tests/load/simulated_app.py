"""The reference app with set timings, in a process of its own that may be killed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

__all__ = ["PAYLOAD", "SimulatedApp", "simulated_app"]

ROOT = Path(__file__).parents[2]

_READY = "ready"
_STEP = "stream_sdxl_step_seconds"

PAYLOAD = (
    '{"prompt": "a", "width": 64, "height": 64, "num_inference_steps": %d,'
    ' "preview_every_steps": 1, "min_preview_interval_seconds": 0}'
)
"""A preview after every step, and as little work beside the steps as can be; it lacks the number of steps."""


@dataclass(frozen=True, kw_only=True)
class SimulatedApp:
    """A running application.

    Attributes:
        url: Its origin.
        metrics_url: Its metrics for Prometheus.
        process: To be killed by those who want to see what happens.
    """

    url: str
    metrics_url: str
    process: subprocess.Popen[str]

    def mean_step_seconds(self) -> float:
        """How long a step took, as the application measured it."""
        page = httpx.get(self.metrics_url).text
        values = dict(line.rsplit(" ", 1) for line in page.splitlines() if line.startswith(_STEP))
        return float(values[f"{_STEP}_sum"]) / float(values[f"{_STEP}_count"])


@contextmanager
def simulated_app(*, step_seconds: float, lanes: int = 64) -> Iterator[SimulatedApp]:
    """Serve so many generations at once, each step of set duration, on a free port of this machine."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(step_seconds), str(lanes)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        # fal says a few things of its own before.
        urls = next((line.split()[1:] for line in process.stdout if line.startswith(_READY)), None)
        assert urls, "the application did not start"
        yield SimulatedApp(url=urls[0], metrics_url=urls[1], process=process)
    finally:
        process.kill()
        process.communicate()


def _serve(step_seconds: float, lanes: int) -> None:
    from reference_app.app import StreamSDXL
    from reference_app.local_server import LocalServer, listen, serve_metrics
    from reference_app.pipelines.simulated import SimulatedPipeline

    class SimulatedSDXL(StreamSDXL):
        max_waiting = 1000

        def load_pipeline(self) -> SimulatedPipeline:
            return SimulatedPipeline(step_seconds=step_seconds, lanes=lanes)

    metrics_url = serve_metrics(0)

    def tell(url: str) -> None:
        sys.stdout.write(f"\n{_READY} {url} {metrics_url}\n")
        sys.stdout.flush()

    LocalServer(SimulatedSDXL, listener=listen("127.0.0.1", 0), on_started=tell).serve_until_stopped()


if __name__ == "__main__":
    _serve(float(sys.argv[1]), int(sys.argv[2]))
