"""Denoising steps per second and GPU: what one GPU contributes."""

from load.estimate import Estimate
from load.metrics.metric import RunMetric, Unit
from load.metrics.per_gpu import per_gpu
from load.metrics.steps_per_second import STEPS_PER_SECOND
from load.run import Run

__all__ = ["STEPS_PER_SECOND_PER_GPU"]


def _steps_per_second_per_gpu(run: Run) -> Estimate | None:
    return per_gpu(STEPS_PER_SECOND.of(run), run.fingerprint.gpus)


STEPS_PER_SECOND_PER_GPU = RunMetric(
    name="steps_per_second_per_gpu",
    title="denoising steps per second and GPU",
    unit=Unit.PER_SECOND,
    formula="steps_per_second / gpus, where the user said how many there are",
    source=("What makes runs on machines of different size comparable."),
    of=_steps_per_second_per_gpu,
)
