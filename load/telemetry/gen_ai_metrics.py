"""Streams as OpenTelemetry metrics, under the names that its conventions for generative clients have."""

from typing import Any
from urllib.parse import urlsplit

from load.metrics import StreamMetric
from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.inter_preview_latency import INTER_PREVIEW_LATENCY
from load.metrics.longest_gap import LONGEST_GAP
from load.metrics.time_to_final import TIME_TO_FINAL
from load.stream_row import StreamRow

__all__ = ["BOUNDARIES_SECONDS", "GenAiMetrics"]

BOUNDARIES_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 60, 120)

_PREFIX = "gen_ai.client.operation."
_NAMES: tuple[tuple[str, StreamMetric], ...] = (
    (f"{_PREFIX}duration", TIME_TO_FINAL),
    (f"{_PREFIX}time_to_first_chunk", FIRST_PREVIEW),
    (f"{_PREFIX}time_per_output_chunk", INTER_PREVIEW_LATENCY),
    ("fal_stream_load.longest_gap", LONGEST_GAP),
)


class GenAiMetrics:
    """Histograms of streams.

    Source: opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics. A chunk is a picture here.
    """

    def __init__(self, meter: Any, origin: str) -> None:
        """Create the instruments.

        Args:
            meter: OpenTelemetry's meter.
            origin: Scheme, host and port of the endpoint.
        """
        self._attributes = {
            "gen_ai.operation.name": "generate_content",
            "gen_ai.output.type": "image",
            "gen_ai.provider.name": "fal",
            "server.address": urlsplit(origin).hostname or "",
        }
        self._histograms = [
            (
                metric,
                meter.create_histogram(
                    name,
                    unit="s",
                    description=f"{metric.title}: {metric.formula}",
                    explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS,
                ),
            )
            for name, metric in _NAMES
        ]
        self._streams = meter.create_counter(
            "fal_stream_load.streams", unit="{stream}", description="Streams that ended."
        )

    def record(self, row: StreamRow) -> None:
        """Take a stream that ended. Its kind of failure is an attribute, and never its detail."""
        attributes = dict(self._attributes)
        if row.outcome.is_failure:
            attributes["error.type"] = row.outcome.value
        self._streams.add(1, attributes)
        for metric, histogram in self._histograms:
            for value in metric.of(row):
                histogram.record(value, attributes)
