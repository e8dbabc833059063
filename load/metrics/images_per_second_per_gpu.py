"""Images per second and GPU: what one GPU contributes."""

from load.estimate import Estimate
from load.metrics.images_per_second import IMAGES_PER_SECOND
from load.metrics.metric import RunMetric, Unit
from load.metrics.per_gpu import per_gpu
from load.run import Run

__all__ = ["IMAGES_PER_SECOND_PER_GPU"]


def _images_per_second_per_gpu(run: Run) -> Estimate | None:
    return per_gpu(IMAGES_PER_SECOND.of(run), run.fingerprint.gpus)


IMAGES_PER_SECOND_PER_GPU = RunMetric(
    name="images_per_second_per_gpu",
    title="images per second and GPU",
    unit=Unit.PER_SECOND,
    formula="images_per_second / gpus, where the user said how many there are",
    source=("What makes runs on machines of different size comparable."),
    of=_images_per_second_per_gpu,
)
