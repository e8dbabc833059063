"""Samples of the server's side while a run goes on.

Importing this module adds ``--server-metrics``, ``--server-metrics-seconds`` and ``--nvml`` to Locust's options. The
only process asks, or the master of several: never a worker.
"""

import sys
from typing import Any, Protocol

import gevent
from locust import events
from locust.runners import WorkerRunner

from load.errors import UsageError
from load.run import Mark, MarkKind, ServerSample
from load.server_side.nvml import Nvml, NvmlMissingError
from load.server_side.prometheus_page import PageUnreadableError, PrometheusPage
from load.streaming.run.run_clock import since_start_ns

__all__: list[str] = []


class _Source(Protocol):
    def values(self) -> tuple[tuple[str, float], ...]: ...

    def close(self) -> None: ...


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    parser.add_argument(
        "--server-metrics",
        env_var="LOCUST_SERVER_METRICS",
        metavar="URL",
        default="",
        help="read the server's Prometheus page while the run goes on, such as http://127.0.0.1:9090/metrics",
    )
    parser.add_argument(
        "--server-metrics-seconds",
        env_var="LOCUST_SERVER_METRICS_SECONDS",
        metavar="SECONDS",
        type=float,
        default=1.0,
        help="how often",
    )
    parser.add_argument(
        "--nvml",
        env_var="LOCUST_NVML",
        action="store_true",
        help="also ask the NVIDIA driver of this host, where the endpoint runs on it",
    )


@events.init.add_listener
def _check_options(environment: Any, **_: Any) -> None:
    try:
        if environment.parsed_options.server_metrics:
            PrometheusPage(environment.parsed_options.server_metrics).close()
    except UsageError as error:
        sys.stderr.write(f"Error: {error}\n")
        raise SystemExit(2) from None


@events.test_start.add_listener
def _start(environment: Any, **_: Any) -> None:
    environment.server_samplers = []
    if isinstance(environment.runner, WorkerRunner):
        return
    options = environment.parsed_options
    if options.server_metrics:
        page = PrometheusPage(options.server_metrics)
        environment.server_samplers.append(gevent.spawn(_sample, environment, "prometheus", page))
    if options.nvml:
        environment.server_samplers.append(gevent.spawn(_sample_gpus, environment))


@events.test_stop.add_listener
def _stop(environment: Any, **_: Any) -> None:
    gevent.killall(getattr(environment, "server_samplers", []), block=False)


def _sample_gpus(environment: Any) -> None:
    try:
        gpus = Nvml()
    except NvmlMissingError as error:
        _note(environment, f"no GPU of this host can be asked: {error}")
    else:
        _sample(environment, "nvml", gpus)


def _sample(environment: Any, name: str, source: _Source) -> None:
    has_failed = False
    try:
        while True:
            try:
                values = source.values()
            except PageUnreadableError as error:
                # Once is enough: a page that is gone is no reason to end a run, nor to repeat it every second.
                if not has_failed:
                    _note(environment, f"the server's metrics could not be read: {error}")
                has_failed = True
            else:
                sample = ServerSample(at_ns=since_start_ns(environment), source=name, values=values)
                environment.stream_rows.add_sample(sample)
            gevent.sleep(environment.parsed_options.server_metrics_seconds)
    finally:
        source.close()


def _note(environment: Any, text: str) -> None:
    environment.stream_rows.add_mark(Mark(at_ns=since_start_ns(environment), kind=MarkKind.NOTE, text=text))
