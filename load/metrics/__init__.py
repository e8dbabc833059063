"""The metrics: one a module, each computed from the instants of stream rows and from nothing else."""

from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.images_per_second import IMAGES_PER_SECOND
from load.metrics.inter_preview_latency import INTER_PREVIEW_LATENCY
from load.metrics.longest_gap import LONGEST_GAP
from load.metrics.metric import RateMetric, StreamMetric, Unit
from load.metrics.previews_per_second import PREVIEWS_PER_SECOND
from load.metrics.time_to_final import TIME_TO_FINAL

__all__ = [
    "FIRST_PREVIEW",
    "IMAGES_PER_SECOND",
    "INTER_PREVIEW_LATENCY",
    "LONGEST_GAP",
    "METRICS",
    "PREVIEWS_PER_SECOND",
    "RATE_METRICS",
    "STREAM_METRICS",
    "TIME_TO_FINAL",
    "RateMetric",
    "StreamMetric",
    "Unit",
]

STREAM_METRICS: tuple[StreamMetric, ...] = (FIRST_PREVIEW, INTER_PREVIEW_LATENCY, LONGEST_GAP, TIME_TO_FINAL)
"""In the order in which a stream meets them."""

RATE_METRICS: tuple[RateMetric, ...] = (PREVIEWS_PER_SECOND, IMAGES_PER_SECOND)

_ALL: tuple[StreamMetric | RateMetric, ...] = (*STREAM_METRICS, *RATE_METRICS)

METRICS: dict[str, StreamMetric | RateMetric] = {metric.name: metric for metric in _ALL}
"""Every metric by name."""
