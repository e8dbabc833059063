"""A scenario for the stamping server: its users read back to back, and note how late each stamp was.

Not one to choose by name: ``python -m load calibrate`` and the benchmark of the readers run it.
"""

import json
import random
import time
from array import array
from collections import deque
from pathlib import Path
from typing import Any

import gevent
from locust import events, task

from load.calibration.stamp_report import StampReport
from load.calibration.stamped_event import sent_ns_of
from load.scenario import StreamUser
from load.streaming.reading.timed_event import TimedEvent

_NS_PER_SECOND = 1_000_000_000


class _Measurement:
    """What all users of this process saw after the warm-up."""

    def __init__(self) -> None:
        self.reader_ns = array("q")
        self.kernel_ns = array("q")
        self.begun_ns = 0
        self.used_ns = 0

    def begin(self) -> None:
        self.begun_ns, self.used_ns = time.monotonic_ns(), time.process_time_ns()

    def take(self, timed: TimedEvent) -> None:
        if not self.begun_ns:
            return
        sent_ns = sent_ns_of(timed.encoded)
        self.reader_ns.append(timed.at_ns - sent_ns)
        if timed.kernel_ns is not None:
            self.kernel_ns.append(timed.kernel_ns - sent_ns)

    def report(self) -> StampReport:
        seconds = (time.monotonic_ns() - self.begun_ns) / _NS_PER_SECOND
        processor_seconds = (time.process_time_ns() - self.used_ns) / _NS_PER_SECOND
        return StampReport.of(self.reader_ns, self.kernel_ns, seconds=seconds, processor_seconds=processor_seconds)


_MEASUREMENT = _Measurement()


class StampedUser(StreamUser):
    """Reads stream after stream."""

    def on_start(self) -> None:
        """Begin at another moment than the others."""
        gevent.sleep(random.random() * self.environment.parsed_options.stream_seconds)  # noqa: S311 - guards nothing

    @task
    def read(self) -> None:
        """One stream."""
        with self.client.stream(self.run_options.endpoint.path, json={}) as stream:
            # No loop, whose variable would hold each event while the next is waited for.
            deque(map(_MEASUREMENT.take, stream), maxlen=0)


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    parser.add_argument("--stamp-report", metavar="FILE", required=True, help="where the figures go, as JSON")
    parser.add_argument("--settle-seconds", type=float, default=1.5, help="what is read sooner is not counted")
    parser.add_argument("--measured-seconds", type=float, default=4.0, help="for how long it is counted then")
    parser.add_argument("--stream-seconds", type=float, default=1.0, help="users begin spread over this")


@events.test_start.add_listener
def _start(environment: Any, **_: Any) -> None:
    gevent.spawn(_measure, environment.parsed_options)


def _measure(options: Any) -> None:
    gevent.sleep(options.settle_seconds)
    _MEASUREMENT.begin()
    gevent.sleep(options.measured_seconds)
    report = _MEASUREMENT.report()
    Path(options.stamp_report).write_text(json.dumps(report.as_json()), encoding="utf-8")
