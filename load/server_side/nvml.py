"""The GPUs of this host, as NVIDIA's management library sees them."""

from typing import Any

__all__ = ["Nvml", "NvmlMissingError"]

_MILLIWATTS = 1000


class NvmlMissingError(Exception):
    """There is no such library, driver or GPU here; the text says which."""


class Nvml:
    """Load, memory and power of every GPU of this host."""

    def __init__(self) -> None:
        """Open the library.

        Raises:
            NvmlMissingError: There is none, or no driver.
        """
        try:
            import pynvml
        except ModuleNotFoundError as error:
            raise NvmlMissingError("nvidia-ml-py is not installed: pip install nvidia-ml-py") from error
        try:
            pynvml.nvmlInit()
            count = pynvml.nvmlDeviceGetCount()
        except pynvml.NVMLError as error:
            raise NvmlMissingError(f"no NVIDIA driver answers here: {error}") from error
        self._library: Any = pynvml
        self._gpus = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(count)]

    def values(self) -> tuple[tuple[str, float], ...]:
        """Ask every GPU once."""
        return tuple(pair for index, gpu in enumerate(self._gpus) for pair in self._of(index, gpu))

    def close(self) -> None:
        """Close the library."""
        self._library.nvmlShutdown()

    def _of(self, index: int, gpu: Any) -> tuple[tuple[str, float], ...]:
        label = f'{{gpu="{index}"}}'
        library = self._library
        return (
            (f"gpu_utilisation_ratio{label}", library.nvmlDeviceGetUtilizationRates(gpu).gpu / 100),
            (f"gpu_memory_used_bytes{label}", float(library.nvmlDeviceGetMemoryInfo(gpu).used)),
            (f"gpu_power_watts{label}", library.nvmlDeviceGetPowerUsage(gpu) / _MILLIWATTS),
        )
