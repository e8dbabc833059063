"""What one generator process watches beside its streams, from the start of a run to its end.

Importing this module listens to Locust's events.
"""

import gc
import inspect
from typing import Any

from locust import events
from locust.runners import MasterRunner

from load.stream_row import Outcome, StreamRow
from load.streaming.pictures.latest_previews import LatestPreviews
from load.streaming.pictures.picture_look import PictureLook
from load.streaming.run.run_options import RunOptions
from load.streaming.users.lag_gauge import LagGauge
from load.streaming.users.stream import Stream

__all__ = ["StreamWatch", "stop_watch", "watch_of"]

# Python's own first threshold is 700: rows and events hold no cycles, and looking for some took a tenth of the time.
_COLLECTION_THRESHOLDS = (20_000, 20, 20)


class StreamWatch:
    """The lag gauge, the newest previews, and the looks at pictures of one process.

    Attributes:
        gauge: How late the process is.
        look: Which streams' pictures are looked at.
        previews: The newest previews, which ``environment.latest_previews`` shows as well.
    """

    def __init__(self, environment: Any) -> None:
        """Begin to watch."""
        self.look = PictureLook(RunOptions.of(environment).look_at)
        self.gauge = LagGauge(environment)
        self.previews = environment.latest_previews = LatestPreviews()
        self._environment = environment

    def keep(self, stream: Stream) -> None:
        """A stream is over: tell Locust, and keep its row, once its pictures were looked at where they are to be."""
        if stream.row.kernel_ns:
            self.gauge.is_only_witness = False

        def then(row: StreamRow) -> None:
            stream.fire(row)
            rows = getattr(self._environment, "stream_rows", None)
            if rows is not None:
                rows.add(row)
                self._environment.events.stream_row.fire(row=row)

        if stream.pictures and stream.row.outcome is Outcome.COMPLETE:
            self.look.look(stream.row, stream.pictures, then)
        else:
            then(stream.row)

    def stop(self) -> None:
        """The run is over."""
        self.look.finish()
        self.gauge.stop()


def watch_of(environment: Any) -> StreamWatch:
    """The watch of this process, begun now where no run has begun it."""
    if getattr(environment, "stream_watch", None) is None:
        environment.stream_watch = StreamWatch(environment)
    watch: StreamWatch = environment.stream_watch
    return watch


def stop_watch(environment: Any) -> None:
    """End the watch of this process, where there is one; rows that wait for a look are handed on first."""
    watch: StreamWatch | None = getattr(environment, "stream_watch", None)
    if watch is not None:
        watch.stop()


@events.test_start.add_listener
def _start(environment: Any, **_: Any) -> None:
    environment.stream_watch = None
    # Locust asks for it when it stops, which takes tens of milliseconds the first time: better before streams run.
    inspect.stack()
    # A look through everything that was imported takes tens of milliseconds, in which every stream would wait.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTION_THRESHOLDS)
    if not isinstance(environment.runner, MasterRunner):
        watch_of(environment)
