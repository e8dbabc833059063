"""The abstract Locust user that every scenario is built on."""

import os
from functools import cache
from typing import Any

import gevent
import gevent.ssl
import locust.stats
from locust import FastHttpUser

from conformance.core import EncodedEvent
from conformance.core.redaction import REDACTED, secret_spellings
from load.stream_row import StreamRow
from load.streaming.reading.event_kind import EventContent, content_of
from load.streaming.reading.timed_event import TimedEvent
from load.streaming.run.run_options import RunOptions
from load.streaming.users.response_time_buckets import rounded_ms
from load.streaming.users.stream import Stream
from load.streaming.users.stream_session import StreamSession
from load.streaming.users.stream_watch import StreamWatch, watch_of

__all__ = ["Stream", "StreamUser"]

_NS_PER_SECOND = 1_000_000_000

# Locust's documentation allows for it ("Customizing response time bucketing"). Workers and master import the same
# scenario, so all of them round alike.
locust.stats.bucket_response_time = rounded_ms


class StreamUser(FastHttpUser):
    """A user that POSTs and reads the event stream that comes back. Scenarios subclass it and add tasks.

    Its client is Locust's fast one, with ``client.stream()`` beside ``get()`` and ``post()``. Each stream fires three
    Locust requests: ``first preview`` when the first picture is in, ``longest gap`` and ``final`` when it is over. A
    stream that fails is a failed ``final``, with its kind as the exception.

    Attributes:
        max_event_bytes: An event that grows past this is malformed.
        shortest_failure_seconds: After a stream that failed sooner, :meth:`generate` waits for the rest of this.
    """

    abstract = True
    client: StreamSession
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
        self.client = StreamSession(
            base_url=self.host,
            request_event=environment.events.request,
            user=self,
            network_timeout=self.network_timeout,
            connection_timeout=self.connection_timeout,
            max_redirects=self.max_redirects,
            max_retries=self.max_retries,
            insecure=self.insecure,
            concurrency=self.concurrency,
            client_pool=self.client_pool,
            ssl_context_factory=self.ssl_context_factory,
            headers=self.default_headers,
        )

    @property
    def watch(self) -> StreamWatch:
        """What this process watches beside its streams."""
        return watch_of(self.environment)

    def content_of(self, event: EncodedEvent) -> EventContent:
        """What an event says; override it for an endpoint with conventions of its own.

        Each event comes through here as soon as it is in. ``event.decoded()`` has its data as text.
        """
        return content_of(event)

    def generate(self, payload: Any = None, *, group: str = "", planned_ns: int | None = None) -> StreamRow:
        """POST a payload to the run's endpoint and read the stream to its end.

        Args:
            payload: The JSON value, or None for the run's own.
            group: Which part of a scenario it belongs to.
            planned_ns: When it was due, in nanoseconds since the start of the run; now, if left out.
        """
        check = getattr(self.environment, "host_check", None)
        if check is not None and planned_ns is None:
            check.wait()
        payload = self.run_options.payload if payload is None else payload
        path = self.run_options.endpoint.path
        with self.client.stream(path, json=payload, group=group, planned_ns=planned_ns) as stream:
            stream.read_to_end()
        self.pause_after(stream.row)
        return stream.row

    def offer_preview(self, timed: TimedEvent, group: str) -> None:
        """Show a picture on the live page, if it is time for one."""
        start_ns = getattr(self.environment, "run_start_ns", 0)
        self.watch.previews.offer(timed.at_ns - start_ns, group, timed.encoded)

    def masked(self, text: str) -> str:
        """The text without the key, should the endpoint have echoed it."""
        for spelling in self._secrets:
            text = text.replace(spelling.decode("utf-8", "replace"), REDACTED)
        return text

    def pause_after(self, row: StreamRow) -> None:
        """Wait for the rest of ``shortest_failure_seconds`` after a stream that failed sooner."""
        if not row.outcome.is_failure:
            return
        # An endpoint that refuses at once would be asked thousands of times a second, which measures nothing.
        taken_seconds = (row.end_ns - row.sent_ns) / _NS_PER_SECOND
        gevent.sleep(max(0.0, self.shortest_failure_seconds - taken_seconds))
