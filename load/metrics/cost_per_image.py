"""Cost per image: what a picture costs at this load."""

from load.estimate import Estimate
from load.metrics.images_per_second import IMAGES_PER_SECOND
from load.metrics.metric import RunMetric, Unit
from load.run import Run

__all__ = ["COST_PER_IMAGE"]

_SECONDS_PER_HOUR = 3600


def _cost_per_image(run: Run) -> Estimate | None:
    price, rate = run.fingerprint.gpu_hour_price, IMAGES_PER_SECOND.of(run)
    if price is None or rate is None or not rate.value:
        return None
    per_second = price * (run.fingerprint.gpus or 1) / _SECONDS_PER_HOUR
    return Estimate(
        value=per_second / rate.value,
        low=per_second / rate.high if rate.high else None,
        high=per_second / rate.low if rate.low else None,
        streams=rate.streams,
    )


COST_PER_IMAGE = RunMetric(
    name="cost_per_image",
    title="cost per image",
    unit=Unit.PRICE,
    formula="gpu_hour_price * gpus / 3600 / images_per_second",
    source=(
        "What an hour of the GPUs costs, spread over the pictures that they make in it; one GPU where the "
        "user did not say how many."
    ),
    of=_cost_per_image,
)
