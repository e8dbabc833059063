"""Streams as OpenTelemetry metrics."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from load.telemetry.gen_ai_metrics import BOUNDARIES_SECONDS, GenAiMetrics
from tests.load.rows import CUT_SHORT, FAILED, stream

ROOT = Path(__file__).parents[3]


def exported(*rows) -> dict[str, list]:
    reader = InMemoryMetricReader()
    metrics = GenAiMetrics(MeterProvider(metric_readers=[reader]).get_meter("test"), "https://fal.run")
    for row in rows:
        metrics.record(row)
    (resource,) = reader.get_metrics_data().resource_metrics
    (scope,) = resource.scope_metrics
    return {metric.name: list(metric.data.data_points) for metric in scope.metrics}


def test_a_stream_is_told_under_the_names_of_the_conventions():
    """Duration, time to the first chunk and between chunks, in seconds, with buckets fit for pictures."""
    points = exported(stream(), stream(), stream(is_warm_up=True), CUT_SHORT)
    (first,) = points["gen_ai.client.operation.time_to_first_chunk"]
    assert (first.count, first.sum) == (2, pytest.approx(0.4))
    assert tuple(first.explicit_bounds) == BOUNDARIES_SECONDS
    assert points["gen_ai.client.operation.duration"][0].sum == pytest.approx(1.7)
    assert points["fal_stream_load.time_to_first_preview"][0].sum == pytest.approx(0.6)
    assert points["gen_ai.client.operation.time_per_output_chunk"][0].count == 2
    assert dict(first.attributes) == {
        "gen_ai.operation.name": "generate_content",
        "gen_ai.output.type": "image",
        "gen_ai.provider.name": "fal",
        "server.address": "fal.run",
    }


def test_a_failure_is_told_by_kind_and_not_by_detail():
    """An endpoint that words each error anew cannot fill a time series database."""
    told = exported(stream(), FAILED)
    assert sum(point.count for point in told["gen_ai.client.operation.duration"]) == 2
    points = told["fal_stream_load.streams"]
    assert {point.attributes.get("error.type"): point.value for point in points} == {None: 1, "HTTP status": 1}


@pytest.mark.slow
def test_locusts_own_switch_exports_them(endpoint):
    """`locust --otel` with the console exporter prints our names too."""
    command = [sys.executable, "-m", "locust", "-f", "load/scenarios/steady.py", "--host", endpoint.url, "--headless"]
    environment = {**os.environ, "OTEL_METRICS_EXPORTER": "console", "OTEL_TRACES_EXPORTER": "none"}
    environment |= {"OTEL_LOGS_EXPORTER": "none", "OTEL_METRIC_EXPORT_INTERVAL": "500"}
    done = subprocess.run(
        [*command, "-t", "2s", "--otel"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert "gen_ai.client.operation.time_to_first_chunk" in done.stdout, done.stderr[-2000:]
