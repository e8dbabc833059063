"""What is measured: one metric a module, each a pure function of rows."""

from load.metrics.bytes_per_image import BYTES_PER_IMAGE
from load.metrics.bytes_per_preview import BYTES_PER_PREVIEW
from load.metrics.connect_time import CONNECT_TIME
from load.metrics.cost_per_image import COST_PER_IMAGE
from load.metrics.failure_ratio import FAILURE_RATIO
from load.metrics.fairness import FAIRNESS
from load.metrics.first_event import FIRST_EVENT
from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.images_per_second import IMAGES_PER_SECOND
from load.metrics.images_per_second_per_gpu import IMAGES_PER_SECOND_PER_GPU
from load.metrics.inter_preview_latency import INTER_PREVIEW_LATENCY
from load.metrics.jitter import JITTER
from load.metrics.longest_gap import LONGEST_GAP
from load.metrics.metric import RunMetric, StreamMetric, Unit
from load.metrics.preview_lead import PREVIEW_LEAD
from load.metrics.previews_per_image import PREVIEWS_PER_IMAGE
from load.metrics.previews_per_second import PREVIEWS_PER_SECOND
from load.metrics.send_lag import SEND_LAG
from load.metrics.stalled_share import STALLED_SHARE
from load.metrics.stamp_lag import STAMP_LAG
from load.metrics.steps_per_second import STEPS_PER_SECOND
from load.metrics.steps_per_second_per_gpu import STEPS_PER_SECOND_PER_GPU
from load.metrics.streams_at_once import STREAMS_AT_ONCE
from load.metrics.tail import TAIL
from load.metrics.time_to_final import TIME_TO_FINAL
from load.metrics.time_to_headers import TIME_TO_HEADERS
from load.metrics.useful_preview import USEFUL_PREVIEW

__all__ = ["METRICS", "RUN_METRICS", "STREAM_METRICS", "RunMetric", "StreamMetric", "Unit"]

STREAM_METRICS: tuple[StreamMetric, ...] = (
    SEND_LAG,
    STAMP_LAG,
    CONNECT_TIME,
    TIME_TO_HEADERS,
    FIRST_EVENT,
    FIRST_PREVIEW,
    USEFUL_PREVIEW,
    INTER_PREVIEW_LATENCY,
    JITTER,
    LONGEST_GAP,
    STALLED_SHARE,
    TAIL,
    TIME_TO_FINAL,
    PREVIEW_LEAD,
    PREVIEWS_PER_IMAGE,
    BYTES_PER_PREVIEW,
    BYTES_PER_IMAGE,
)
"""Metrics that each stream has values of, in the order in which a stream meets them."""

RUN_METRICS: tuple[RunMetric, ...] = (
    IMAGES_PER_SECOND,
    IMAGES_PER_SECOND_PER_GPU,
    STEPS_PER_SECOND,
    STEPS_PER_SECOND_PER_GPU,
    PREVIEWS_PER_SECOND,
    STREAMS_AT_ONCE,
    FAIRNESS,
    FAILURE_RATIO,
    COST_PER_IMAGE,
)
"""Metrics that only a whole run has. Goodput is one more, once there are objectives (:mod:`load.goodput`)."""

_ALL: tuple[StreamMetric | RunMetric, ...] = (*STREAM_METRICS, *RUN_METRICS)

METRICS: dict[str, StreamMetric | RunMetric] = {metric.name: metric for metric in _ALL}
"""Every metric by name."""
