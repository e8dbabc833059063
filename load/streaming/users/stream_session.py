"""Locust's fast HTTP session, which can also read event streams."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gevent import GreenletExit
from locust.contrib.fasthttp import FastHttpSession

from load.stream_row import Outcome
from load.streaming.reading.connection_pool import StampingPool
from load.streaming.reading.exchange import Exchange
from load.streaming.reading.fast_reader import FastReader
from load.streaming.reading.precise_reader import PreciseReader
from load.streaming.reading.stream_failure import StreamFailure
from load.streaming.reading.stream_reader import ReaderKind, StreamReader
from load.streaming.reading.stream_request import stream_request
from load.streaming.users.stream import Stream

__all__ = ["StreamSession"]

_READERS: dict[ReaderKind, type[PreciseReader] | type[FastReader]] = {
    ReaderKind.PRECISE: PreciseReader,
    ReaderKind.FAST: FastReader,
}


class StreamSession(FastHttpSession):
    """A user's client: ``get``, ``post`` and the others are Locust's, :meth:`stream` is ours."""

    @contextmanager
    def stream(
        self,
        path: str,
        *,
        json: Any,
        headers: Mapping[str, str] | None = None,
        name: str = "",
        group: str = "",
        planned_ns: int | None = None,
    ) -> Iterator[Stream]:
        """POST ``json`` to a path of the endpoint; iterate over the result to read events as they arrive.

        A failure of the stream ends the block and is reported to Locust, not raised. Leaving the block early hangs
        up, and the stream counts as left; where Locust ends the user, it counts as cut short.

        Args:
            path: Path and query.
            json: The payload.
            headers: Further header fields.
            name: Told apart by this in Locust's tables, when a scenario sends more than one kind of stream.
            group: Which part of a scenario it belongs to, for reports.
            planned_ns: When it was due, in nanoseconds since the start of the run; now, if left out.
        """
        user: Any = self.user
        options = user.run_options
        request = stream_request(options.endpoint, path, json, fal_key=options.fal_key, headers=headers)
        stream = Stream(
            user,
            self._reader(),
            name=name,
            group=group,
            planned_ns=planned_ns,
            keeps_pictures=user.watch.look.chooses(),
        )
        failure: StreamFailure | None = None
        otherwise = Outcome.LEFT
        user.watch.gauge.streams += 1
        try:
            stream.open(request)
            yield stream
        except StreamFailure as stream_failure:
            failure = stream_failure
        except GreenletExit:
            otherwise = Outcome.CUT_SHORT
            raise
        finally:
            user.watch.gauge.streams -= 1
            stream.close(failure, otherwise)
            user.watch.keep(stream)

    def _reader(self) -> StreamReader:
        options = getattr(self.user, "run_options")  # noqa: B009 - Locust's type of user does not know it
        exchange = Exchange(
            self._pool(), wait_seconds=options.wait_seconds, longest_seconds=options.longest_stream_seconds
        )
        return _READERS[options.reader](exchange)

    def _pool(self) -> StampingPool:
        if not hasattr(self, "_stamping_pool"):
            user: Any = self.user
            options = user.run_options
            self._stamping_pool = StampingPool(
                options.endpoint.origin, timeout_seconds=options.wait_seconds, size=user.concurrency
            )
        return self._stamping_pool
