"""Numbers for Prometheus, in the registry that fal's own metrics server shows on port 9090.

`fal deploy` sends the modules of an application by value, with whatever they hold. A metric made on import, or a
registry imported by name, would reach the runner as a copy that nobody scrapes. So metrics are made on first use, in
the registry that prometheus_client has there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from reference_app.gpu_metrics import GpuCollector
from reference_app.outcome import Ending

__all__ = ["Metrics", "process_metrics"]

_NAMESPACE = "stream_sdxl"
# From a small model's step on a processor to SDXL's at full size on a small GPU.
_STEP_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0)
# What a user waits: from "at once" to fal's request timeout.
_WAIT_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0, 120.0)
_PICTURES = (1, 2, 3, 4, 6, 8, 12, 16, 32, 64)


class Metrics:
    """What is counted, each described where it is made. Safe from any thread."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.endings = Counter(
            "generations",
            "Generations that ended, by how: 'finished', 'client_gone' before its end, or the type of the error.",
            ["outcome"],
            namespace=_NAMESPACE,
            registry=registry,
        )
        # A series that begins with its first failure cannot be seen to rise.
        for ending in Ending:
            self.endings.labels(ending.value)
        self.waiting = _gauge(registry, "generations_waiting", "Generations in the queue.")
        self.running = _gauge(registry, "generations_running", "Generations that are being denoised.")
        self.queue = _seconds(registry, "queue_seconds", "Wait in the queue until denoising begins.", _WAIT_SECONDS)
        self.first_preview = _seconds(
            registry, "first_preview_seconds", "From the request until its first preview is sent.", _WAIT_SECONDS
        )
        self.final = _seconds(
            registry, "final_seconds", "From the request until its pictures are encoded.", _WAIT_SECONDS
        )
        self.previews_sent = _counter(registry, "previews_sent", "Previews that were sent.")
        self.previews_dropped = _counter(
            registry, "previews_dropped", "Previews that a newer one overtook before the client was ready for them."
        )
        self._step = _seconds(
            registry, "step_seconds", "One denoising step, however many pictures share it.", _STEP_SECONDS
        )
        self._step_pictures = Histogram(
            "step_pictures", "Pictures that share a step.", namespace=_NAMESPACE, registry=registry, buckets=_PICTURES
        )

    @contextmanager
    def step(self, pictures: int) -> Iterator[None]:
        """A denoising step of so many pictures takes place; one that raises is counted as well."""
        self._step_pictures.observe(pictures)
        with self._step.time():
            yield


@cache
def process_metrics() -> Metrics:
    """Those of this process, in prometheus_client's default registry, beside what the GPU says of itself."""
    prometheus_client.REGISTRY.register(GpuCollector(namespace=_NAMESPACE))
    return Metrics(prometheus_client.REGISTRY)


def _counter(registry: CollectorRegistry, name: str, description: str) -> Counter:
    return Counter(name, description, namespace=_NAMESPACE, registry=registry)


def _gauge(registry: CollectorRegistry, name: str, description: str) -> Gauge:
    return Gauge(name, description, namespace=_NAMESPACE, registry=registry)


def _seconds(registry: CollectorRegistry, name: str, description: str, buckets: tuple[float, ...]) -> Histogram:
    return Histogram(name, description, namespace=_NAMESPACE, registry=registry, buckets=buckets)
