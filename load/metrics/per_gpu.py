"""A rate, divided among GPUs."""

from load.estimate import Estimate

__all__ = ["per_gpu"]


def per_gpu(rate: Estimate | None, gpus: int | None) -> Estimate | None:
    """The rate of one of them; None where it is not known how many there are."""
    if rate is None or not gpus:
        return None
    return Estimate(
        value=rate.value / gpus,
        low=None if rate.low is None else rate.low / gpus,
        high=None if rate.high is None else rate.high / gpus,
        streams=rate.streams,
    )
