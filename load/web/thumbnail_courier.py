"""The newest preview of each worker, on its way to the master's page: small, and at most one a second.

Importing this module listens to Locust's events.
"""

from typing import Any

import gevent
from locust import events
from locust.runners import MasterRunner, WorkerRunner

from load.streaming.pictures.latest_previews import LatestPreviews, PreviewImage

__all__ = ["LARGEST_SENT_BYTES"]

LARGEST_SENT_BYTES = 64 * 1024

_MESSAGE = "stream_preview"
_SECONDS_BETWEEN = 1.0


@events.init.add_listener
def _listen(environment: Any, runner: Any, **_: Any) -> None:
    if isinstance(runner, MasterRunner):
        environment.latest_previews = LatestPreviews()
        runner.register_message(_MESSAGE, _take)


@events.test_start.add_listener
def _start(environment: Any, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        environment.preview_sender = gevent.spawn(_send_now_and_then, environment)


@events.test_stop.add_listener
def _stop(environment: Any, **_: Any) -> None:
    sender = getattr(environment, "preview_sender", None)
    if sender is not None:
        sender.kill(block=False)


def _send_now_and_then(environment: Any) -> None:
    sent: PreviewImage | None = None
    while True:
        gevent.sleep(_SECONDS_BETWEEN)
        previews = getattr(environment, "latest_previews", None)
        images = previews.images if previews is not None else ()
        newest = images[-1] if images else None
        if newest is not None and newest is not sent and len(newest.data) <= LARGEST_SENT_BYTES:
            environment.runner.send_message(_MESSAGE, list(newest))
            sent = newest


def _take(environment: Any, msg: Any, **_: Any) -> None:
    at_ns, _, group, media_type, data = msg.data
    worker = f"worker {environment.runner.get_worker_index(msg.node_id)}"
    environment.latest_previews.add(PreviewImage(at_ns, worker, group, media_type, data))
