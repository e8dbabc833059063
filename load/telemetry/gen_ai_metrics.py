"""Streams as OpenTelemetry metrics, under the names that its conventions for generative clients have."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.inter_preview_latency import INTER_PREVIEW_LATENCY
from load.metrics.longest_gap import LONGEST_GAP
from load.metrics.metric import seconds_between
from load.stream_row import Outcome, StreamRow

__all__ = ["BOUNDARIES_SECONDS", "GenAiMetrics"]

BOUNDARIES_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 60, 120)

_PREFIX = "gen_ai.client.operation."


def _duration(row: StreamRow) -> tuple[float, ...]:
    return (seconds_between(row.sent_ns, row.end_ns),)


def _first_chunk(row: StreamRow) -> tuple[float, ...]:
    return tuple(seconds_between(row.sent_ns, at_ns) for at_ns in row.picture_ns[:1])


_INSTRUMENTS: tuple[tuple[str, str, Callable[[StreamRow], tuple[float, ...]]], ...] = (
    (f"{_PREFIX}duration", "from the request to the end of the stream, failed or not", _duration),
    (f"{_PREFIX}time_to_first_chunk", "from the request to the first picture", _first_chunk),
    (f"{_PREFIX}time_per_output_chunk", "from one preview to the next", INTER_PREVIEW_LATENCY.of),
    ("fal_stream_load.time_to_first_preview", "from the planned instant to the first picture", FIRST_PREVIEW.of),
    ("fal_stream_load.longest_gap", LONGEST_GAP.title, LONGEST_GAP.of),
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
                values_of,
                meter.create_histogram(
                    name,
                    unit="s",
                    description=description,
                    explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS,
                ),
            )
            for name, description, values_of in _INSTRUMENTS
        ]
        self._streams = meter.create_counter(
            "fal_stream_load.streams", unit="{stream}", description="Streams that ended."
        )

    def record(self, row: StreamRow) -> None:
        """Take a stream that ended, but for one that warmed up or was cut short by the end of the run.

        Its kind of failure is an attribute, and never its detail.
        """
        if row.is_warm_up or row.outcome is Outcome.CUT_SHORT:
            return
        attributes = dict(self._attributes)
        if row.outcome.is_failure:
            attributes["error.type"] = row.outcome.value
        self._streams.add(1, attributes)
        for values_of, histogram in self._histograms:
            for value in values_of(row):
                histogram.record(value, attributes)
