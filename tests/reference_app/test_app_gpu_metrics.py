"""What is told of GPUs, with a driver that a test can bend."""

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from reference_app.gpu_metrics import GpuCollector

_GIB = 2**30


class NvmlError(Exception):
    pass


class Driver(SimpleNamespace):
    """Two GPUs, in the words of `pynvml`."""

    NVMLError = NvmlError

    def nvmlInit(self) -> None:  # noqa: N802 - the driver's name
        if self.is_absent:
            raise NvmlError("Driver Not Loaded")

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        if index == self.lost:
            raise NvmlError("GPU is lost")
        return index

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:  # noqa: N802
        return SimpleNamespace(used=(handle + 1) * _GIB, total=80 * _GIB)

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:  # noqa: N802
        if handle == self.cut_in_parts:
            raise NvmlError("Not Supported")
        return SimpleNamespace(gpu=50 + handle)


@pytest.fixture
def scrape(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    def with_driver(*, is_absent: bool = False, lost: int = -1, cut_in_parts: int = -1) -> list[str]:
        driver = Driver(is_absent=is_absent, lost=lost, cut_in_parts=cut_in_parts)
        monkeypatch.setitem(sys.modules, "pynvml", driver)
        registry = CollectorRegistry()
        registry.register(GpuCollector(namespace="app"))
        return [line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")]

    return with_driver


def test_every_gpu_tells_its_memory_and_load(scrape: Callable[..., list[str]]) -> None:
    """Bytes and a ratio, as Prometheus would have it, under the index of the GPU."""
    assert scrape() == [
        'app_gpu_memory_used_bytes{gpu="0"} 1.073741824e+09',
        'app_gpu_memory_used_bytes{gpu="1"} 2.147483648e+09',
        'app_gpu_memory_total_bytes{gpu="0"} 8.589934592e+10',
        'app_gpu_memory_total_bytes{gpu="1"} 8.589934592e+10',
        'app_gpu_utilization_ratio{gpu="0"} 0.5',
        'app_gpu_utilization_ratio{gpu="1"} 0.51',
    ]


def test_a_machine_without_a_gpu_tells_nothing(scrape: Callable[..., list[str]]) -> None:
    """No numbers and no complaint."""
    assert scrape(is_absent=True) == []


def test_a_lost_gpu_does_not_hide_the_other(scrape: Callable[..., list[str]]) -> None:
    """The scrape succeeds with what there is."""
    assert [line.split()[0] for line in scrape(lost=0)] == [
        'app_gpu_memory_used_bytes{gpu="1"}',
        'app_gpu_memory_total_bytes{gpu="1"}',
        'app_gpu_utilization_ratio{gpu="1"}',
    ]


def test_a_gpu_that_does_not_tell_its_load_still_tells_its_memory(scrape: Callable[..., list[str]]) -> None:
    """As one that is cut into parts."""
    assert [line.split()[0] for line in scrape(cut_in_parts=0)] == [
        'app_gpu_memory_used_bytes{gpu="0"}',
        'app_gpu_memory_used_bytes{gpu="1"}',
        'app_gpu_memory_total_bytes{gpu="0"}',
        'app_gpu_memory_total_bytes{gpu="1"}',
        'app_gpu_utilization_ratio{gpu="1"}',
    ]


def test_a_machine_without_the_library_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library is asked for late, and may be missing."""
    monkeypatch.setitem(sys.modules, "pynvml", None)
    registry = CollectorRegistry()

    registry.register(GpuCollector(namespace="app"))

    assert generate_latest(registry) == b""
