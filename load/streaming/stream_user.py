"""The abstract Locust user that every scenario is built on."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import Any

import gevent
import gevent.ssl
from locust import FastHttpUser

from conformance.core import ServerSentEvent
from conformance.core.redaction import REDACTED, secret_spellings
from load.stream_row import Outcome, StreamRow

# Listens to Locust's events: whatever scenario is run, its rows are kept.
from load.streaming import gate, run_lifecycle  # noqa: F401
from load.streaming.event_kind import EventKind, error_text, kind_of
from load.streaming.run_options import RunOptions
from load.streaming.stream_head import check_head
from load.streaming.stream_reader import StreamFailure, StreamReader, TimedEvent

__all__ = ["Stream", "StreamUser"]

_NS_PER_MS = 1_000_000
_NS_PER_SECOND = 1_000_000_000


class Stream:
    """One stream in flight: iterate over it to get its events as they arrive, each with its instant.

    Attributes:
        row: What was seen of it; there once the block that it was made for is left.
    """

    row: StreamRow

    def __init__(self, user: "StreamUser", name: str) -> None:
        """Made by :meth:`StreamUser.stream`."""
        self._user = user
        self._name = name
        self._reader: StreamReader | None = None
        self._sent_ns = time.monotonic_ns()
        self._head_ns: int | None = None
        self._status: int | None = None
        self._event_ns: list[int] = []
        self._pictures: list[int] = []
        self._is_over = False
        self._head_failure: StreamFailure | None = None

    def __iter__(self) -> Iterator[TimedEvent]:
        """Yield events as they arrive.

        Raises:
            StreamFailure: The stream failed; :meth:`StreamUser.stream` reports it and goes on.
        """
        if self._head_failure is not None:
            raise self._head_failure
        for timed in self._reader or ():
            kind = self._user.kind_of(timed.event)
            if kind is EventKind.ERROR:
                raise StreamFailure(Outcome.ERROR_EVENT, error_text(timed.event))
            if kind is EventKind.MALFORMED:
                raise StreamFailure(Outcome.MALFORMED, "an event's data is not JSON")
            self._take(timed.at_ns, is_picture=kind is EventKind.PICTURE)
            yield timed
        self._is_over = True
        if not self._pictures:
            raise StreamFailure(Outcome.NO_FINAL, "no event carried a picture")

    def open(self, response: Any) -> None:
        """Take the response whose body is to be read."""
        self._head_ns = time.monotonic_ns()
        self._status = response.status_code or None
        try:
            check_head(response)
        except StreamFailure as failure:
            self._head_failure = failure
            return
        self._reader = StreamReader(response.stream, head_ns=self._head_ns, max_event_bytes=self._user.max_event_bytes)

    def close(self, failure: StreamFailure | None) -> None:
        """The stream is over: tell Locust, and keep the row."""
        end_ns = time.monotonic_ns()
        outcome = Outcome.COMPLETE if self._is_over else Outcome.CUT_SHORT
        detail = ""
        failure = failure or self._head_failure
        if failure is not None:
            outcome, detail = failure.outcome, self._user.masked(failure.detail)
            self._fire("final", end_ns - self._sent_ns, StreamFailure(outcome, detail))
        elif outcome is Outcome.COMPLETE:
            gaps_ns = [later - earlier for earlier, later in pairwise((*self._event_ns, end_ns))]
            self._fire("longest gap", max(gaps_ns))
            self._fire("final", self._event_ns[self._pictures[-1]] - self._sent_ns)
        start_ns = getattr(self._user.environment, "run_start_ns", 0)
        sent_ns = self._sent_ns - start_ns
        self.row = StreamRow(
            is_warm_up=sent_ns < self._user.run_options.warm_up_seconds * _NS_PER_SECOND,
            planned_ns=sent_ns,
            started_ns=sent_ns,
            sent_ns=sent_ns,
            head_ns=self._head_ns - start_ns if self._status and self._head_ns else None,
            event_ns=tuple(at_ns - start_ns for at_ns in self._event_ns),
            pictures=tuple(self._pictures),
            end_ns=end_ns - start_ns,
            body_bytes=self._reader.body_bytes if self._reader else 0,
            status=self._status,
            outcome=outcome,
            detail=detail,
        )

    def _take(self, at_ns: int, *, is_picture: bool) -> None:
        self._event_ns.append(at_ns)
        if is_picture:
            self._pictures.append(len(self._event_ns) - 1)
            if len(self._pictures) == 1:
                self._fire("first preview", at_ns - self._sent_ns)

    def _fire(self, milestone: str, duration_ns: int, failure: StreamFailure | None = None) -> None:
        self._user.environment.events.request.fire(
            request_type="stream",
            name=f"{self._name} {milestone}".lstrip(),
            response_time=duration_ns / _NS_PER_MS,
            response_length=self._reader.body_bytes if self._reader and milestone == "final" else 0,
            response=None,
            exception=failure,
            context=self._user.context(),
        )


class StreamUser(FastHttpUser):
    """A user that POSTs and reads the event stream that comes back. Scenarios subclass it and add tasks.

    Each stream fires three Locust requests: ``first preview`` when the first picture is in, ``longest gap`` and
    ``final`` when it is over. A stream that fails is a failed ``final``, with its kind as the exception.

    Attributes:
        max_event_bytes: An event that grows past this is malformed.
        shortest_failure_seconds: After a stream that failed sooner, :meth:`generate` waits for the rest of this.
    """

    abstract = True
    # Locust's default is to trust any certificate, and these requests may carry a key.
    insecure = False
    # Locust's default is one context a user, and each costs tens of milliseconds of certificate loading.
    ssl_context_factory = staticmethod(cache(gevent.ssl.create_default_context))
    max_event_bytes = 64 * 1024 * 1024
    shortest_failure_seconds = 1.0

    def __init__(self, environment: Any) -> None:
        """Made by Locust."""
        self.run_options = RunOptions.of(environment)
        self.network_timeout = self.connection_timeout = self.run_options.wait_seconds
        # Masked even where it is not sent: an endpoint may have it from elsewhere.
        self._secrets = secret_spellings(filter(None, [os.environ.get("FAL_KEY", "").strip()]))
        super().__init__(environment)

    def kind_of(self, event: ServerSentEvent) -> EventKind:
        """What an event means; override it for an endpoint with conventions of its own."""
        return kind_of(event)

    def generate(self) -> StreamRow:
        """POST the run's payload to the run's endpoint and read the stream to its end."""
        with self.stream(self.run_options.endpoint.path, json=self.run_options.payload) as stream:
            for _ in stream:
                pass
        row = stream.row
        if row.outcome.is_failure:
            self._pause(row)
        return row

    @contextmanager
    def stream(self, path: str, *, json: Any, name: str = "") -> Iterator[Stream]:
        """POST ``json`` to a path of the endpoint; iterate over the result to read events as they arrive.

        A failure of the stream ends the block and is reported to Locust, not raised. Leaving the block early
        hangs up, and the stream counts as cut short.

        Args:
            path: Path and query.
            json: The payload.
            name: Told apart by this in Locust's tables, when a scenario sends more than one kind of stream.
        """
        response = None
        stream = Stream(self, name)
        failure: StreamFailure | None = None
        try:
            response = self._post(path, json)
            stream.open(response)
            yield stream
        except StreamFailure as stream_failure:
            failure = stream_failure
        finally:
            if response is not None and response.status_code:
                response.release()
            stream.close(failure)
            rows = getattr(self.environment, "stream_rows", None)
            if rows is not None:
                rows.add(stream.row)

    def masked(self, text: str) -> str:
        """The text without the key, should the endpoint have echoed it."""
        for spelling in self._secrets:
            text = text.replace(spelling.decode("utf-8", "replace"), REDACTED)
        return text

    def _pause(self, row: StreamRow) -> None:
        # An endpoint that refuses at once would be asked thousands of times a second, which measures nothing.
        taken_seconds = (row.end_ns - row.sent_ns) / _NS_PER_SECOND
        gevent.sleep(max(0.0, self.shortest_failure_seconds - taken_seconds))

    def _post(self, path: str, json: Any) -> Any:
        endpoint = self.run_options.endpoint
        headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
        if self.run_options.fal_key is not None:
            headers["Authorization"] = f"Key {self.run_options.fal_key}"
        # With catch_response Locust fires nothing by itself: the head alone is no milestone here.
        return self.client.request(
            "POST",
            endpoint.origin + path,
            json=json,
            headers=headers,
            stream=True,
            catch_response=True,
            allow_redirects=False,
        )
