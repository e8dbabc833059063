"""What is run, read from Locust's environment."""

import hashlib
import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import locust

from conformance.core import redact_url
from load.envelope_file import read_envelope
from load.run import Fingerprint
from load.streaming.run.run_options import RunOptions

__all__ = ["fingerprint_of"]

_NOT_WORKLOAD = frozenset(
    {
        "commit",
        "gpu_hour_price",
        "gpus",
        "largest_lag_seconds",
        "longest_stream_seconds",
        "look_at",
        "objective",
        "nvml",
        "payload",
        "reader",
        "rows",
        "seed",
        "server_metrics_seconds",
        "stream_path",
        "wait_seconds",
        "warm_up_seconds",
    }
)
# Whatever names a place is kept out: a URL or a path may hold what nobody else should read.
_PLACES = ("url", "file", "path", "metrics", "objectives", "dataset", "payloads", "otel")


def fingerprint_of(environment: Any) -> Fingerprint:
    """The fingerprint of the run that starts now."""
    options = environment.parsed_options
    run = RunOptions.of(environment)
    payload = json.dumps(run.payload, sort_keys=True, separators=(",", ":")).encode()
    return Fingerprint(
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        scenario=Path(environment.locustfile or "unknown").stem,
        endpoint=redact_url(run.endpoint.url),
        baseline=redact_url(getattr(options, "baseline_url", "")),
        users=options.num_users,
        run_seconds=options.run_time,
        warm_up_seconds=run.warm_up_seconds,
        workload=_workload(options),
        seed=run.seed,
        reader=str(getattr(options, "reader", "")),
        workers=max(1, len(getattr(environment.runner, "clients", ()))),
        largest_lag_seconds=options.largest_lag_seconds,
        envelope=read_envelope(str(getattr(options, "reader", ""))),
        payload_sha256=hashlib.sha256(payload).hexdigest(),
        payload_bytes=len(payload),
        gpus=options.gpus,
        gpu_hour_price=options.gpu_hour_price,
        commit=options.commit,
        generator=_generator_version(),
        locust=locust.__version__,
        python=platform.python_version(),
        machine=f"{platform.system()} {platform.machine()}",
        processors=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    )


def _workload(options: Any) -> tuple[tuple[str, str], ...]:
    ours = set(vars(options)) - set(locust.argument_parser.default_args_dict()) - _NOT_WORKLOAD
    return tuple(
        (name, str(value))
        for name in sorted(ours)
        if (value := getattr(options, name)) not in (None, "") and not name.endswith(_PLACES)
    )


def _generator_version() -> str:
    try:
        return version("fal-stream-conformance")
    except PackageNotFoundError:
        return "unknown"
