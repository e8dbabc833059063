"""Which metrics of a stream deployments are compared by: durations, of which less is better."""

from load.errors import UsageError
from load.metrics.first_event import FIRST_EVENT
from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.inter_preview_latency import INTER_PREVIEW_LATENCY
from load.metrics.longest_gap import LONGEST_GAP
from load.metrics.metric import StreamMetric
from load.metrics.tail import TAIL
from load.metrics.time_to_final import TIME_TO_FINAL
from load.metrics.time_to_headers import TIME_TO_HEADERS
from load.metrics.useful_preview import USEFUL_PREVIEW

__all__ = ["COMPARED_METRICS", "DEFAULT_METRICS", "compared_metrics"]

DEFAULT_METRICS: tuple[StreamMetric, ...] = (FIRST_PREVIEW, TIME_TO_FINAL)
"""What a person waits for: the first picture and the last one. Each further metric costs generations."""

COMPARED_METRICS: dict[str, StreamMetric] = {
    metric.name: metric
    for metric in (
        *DEFAULT_METRICS,
        INTER_PREVIEW_LATENCY,
        TIME_TO_HEADERS,
        FIRST_EVENT,
        USEFUL_PREVIEW,
        LONGEST_GAP,
        TAIL,
    )
}
"""Every metric that can be compared, by name."""


def compared_metrics(names: tuple[str, ...]) -> tuple[StreamMetric, ...]:
    """The metrics of these names, each once, or the default ones where there are no names.

    Raises:
        UsageError: There is no metric of a name, or it cannot be compared.
    """
    for name in names:
        if name not in COMPARED_METRICS:
            raise UsageError(f"{name!r} cannot be compared; what can is {', '.join(COMPARED_METRICS)}")
    return tuple(COMPARED_METRICS[name] for name in dict.fromkeys(names)) or DEFAULT_METRICS
