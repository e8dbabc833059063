"""Fairness: whether streams that run at once are served alike."""

from load.estimate import Estimate
from load.metrics.metric import RunMetric, Unit
from load.run import Run

__all__ = ["FAIRNESS"]


def _fairness(run: Run) -> Estimate | None:
    paces = [1 / (row.final_ns - row.sent_ns) for row in run.measured if row.final_ns is not None]
    if len(paces) < 2:
        return None
    return Estimate(value=sum(paces) ** 2 / (len(paces) * sum(pace**2 for pace in paces)), streams=len(paces))


FAIRNESS = RunMetric(
    name="fairness",
    title="fairness",
    unit=Unit.RATIO,
    formula="Jain's index (sum x)^2 / (n * sum x^2) of 1 / (final - sent), over complete streams",
    source=(
        "Jain, Chiu and Hawe 1984. 1 means that all streams went at one pace; 1/n that one had it all. "
        "Compare within one kind of stream: sizes and step counts differ by themselves."
    ),
    of=_fairness,
)
