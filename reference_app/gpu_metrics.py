"""What NVIDIA's driver says of the GPUs, asked at each scrape; nothing where there is no GPU."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

__all__ = ["GpuCollector"]

_PER_CENT = 100


class GpuCollector(Collector):
    """Memory and load of every GPU that this process may see, through NVML."""

    def __init__(self, *, namespace: str) -> None:
        self._namespace = namespace
        self._nvml = _driver()

    def describe(self) -> Iterator[Metric]:
        """The names."""
        yield from self._families()

    def collect(self) -> Iterator[Metric]:
        """A sample for each GPU, whose label is its index."""
        if self._nvml is None:
            return
        used, total, load = families = self._families()
        for index in range(self._nvml.nvmlDeviceGetCount()):
            # A GPU that has fallen off the bus must not cost the other numbers.
            with suppress(self._nvml.NVMLError):
                handle = self._nvml.nvmlDeviceGetHandleByIndex(index)
                memory = self._nvml.nvmlDeviceGetMemoryInfo(handle)
                used.add_metric([str(index)], memory.used)
                total.add_metric([str(index)], memory.total)
                # Last, because a GPU cut into parts does not tell it.
                load.add_metric([str(index)], self._nvml.nvmlDeviceGetUtilizationRates(handle).gpu / _PER_CENT)
        yield from families

    def _families(self) -> tuple[GaugeMetricFamily, GaugeMetricFamily, GaugeMetricFamily]:
        return (
            self._family("gpu_memory_used_bytes", "Memory of the GPU that is taken, by whomever."),
            self._family("gpu_memory_total_bytes", "Memory that the GPU has."),
            self._family("gpu_utilization_ratio", "Share of the last moments in which the GPU computed, 0 to 1."),
        )

    def _family(self, name: str, description: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"{self._namespace}_{name}", description, labels=["gpu"])


def _driver() -> Any:
    """The library, ready, or None where there is no driver."""
    try:
        import pynvml
    except ModuleNotFoundError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml
