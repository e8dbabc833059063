"""Exports streams where Locust was started with ``--otel``, by whatever exporter it was given.

Importing this module listens to Locust's events. Each process that reads streams exports its own; a collector adds
them up.
"""

from importlib.util import find_spec
from typing import Any

from locust import events
from locust.runners import MasterRunner

from load.telemetry.gen_ai_metrics import GenAiMetrics

__all__: list[str] = []


@events.init.add_listener
def _export(environment: Any, runner: Any, **_: Any) -> None:
    if not environment.parsed_options.otel or isinstance(runner, MasterRunner):
        return
    if find_spec("opentelemetry") is None:
        # Locust has said so, and what to install.
        return
    from opentelemetry import metrics

    exported = GenAiMetrics(metrics.get_meter("fal-stream-load"), environment.host or "")
    environment.events.stream_row.add_listener(lambda row, **_: exported.record(row))
