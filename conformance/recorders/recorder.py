"""The recorder: one request in, one transcript out, whatever the endpoint does.

It reads a real socket through httpcore, the layer below httpx, because only there can raw body bytes be had
with the instant of each read. How the exchange ended becomes data; nothing an endpoint does raises.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

import httpcore

from conformance.core import (
    Chunk,
    Ending,
    Redirect,
    Request,
    ResponseHead,
    ServerSentEvent,
    StreamEnd,
    StreamMeter,
    StreamTooLargeError,
    Transcript,
)
from conformance.probing.reach import Reach
from conformance.recorders.compressed_echo import redact_all
from conformance.recorders.endings import natural_ending, unnatural_ending
from conformance.recorders.kept_connection import KeptConnection
from conformance.recorders.limits import RecordingLimits
from conformance.recorders.message import read_head, wire_headers
from conformance.recorders.redirects import next_request
from conformance.recorders.wire_tap import DeadlineError, OutOfReachError, WireLog, WireTap

__all__ = ["Recorder", "RecordingObserver"]

_NS_PER_SECOND = 1_000_000_000


class RecordingObserver(Protocol):
    """Told what arrives while it arrives, on the recording thread; must return at once."""

    def on_head(self, head: ResponseHead, at_ns: int) -> None:
        """A response head is in."""

    def on_chunk(self, chunk: Chunk, events: Sequence[ServerSentEvent]) -> None:
        """Body bytes are in, and complete these events."""


@dataclass(slots=True)
class _Recording:
    """How an exchange is read, and what is known of it so far."""

    log: WireLog
    connection: KeptConnection | None = None
    is_reused: bool = False
    http2: bool = False
    stop_after_events: int | None = None
    bytes_per_second: int | None = None
    reach: Reach | None = None
    on_events: Callable[[Sequence[ServerSentEvent]], None] = lambda events: None
    head: ResponseHead | None = None
    head_ns: int | None = None
    chunks: list[Chunk] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    body_bytes: int = 0
    events: int = 0


class _StopError(Exception):
    """The recorder itself ends the exchange."""

    def __init__(self, ending: Ending, detail: str) -> None:
        super().__init__(detail)
        self.ending = ending
        self.detail = detail


class Recorder:
    """Records exchanges.

    Attributes:
        interrupted: Whether Ctrl-C ended the last exchange; no further one should be started.
        limits: Bounds of every exchange.
    """

    def __init__(
        self,
        *,
        limits: RecordingLimits | None = None,
        http2: bool = False,
        ca_file: str | None = None,
        observer: RecordingObserver | None = None,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Nothing is opened yet.

        Args:
            limits: Bounds of every exchange.
            http2: Offer HTTP/2 in the TLS handshake; the official Python and Node clients do not.
            ca_file: A PEM file with certificate authorities to trust beside the usual ones.
            observer: Told what arrives.
            clock: A monotonic clock in nanoseconds.
        """
        self.interrupted = False
        self.limits = limits or RecordingLimits()
        self._http2 = http2
        self._ca_file = ca_file
        self._observer = observer
        self._clock = clock
        self._ssl_context: ssl.SSLContext | None = None
        self._tap: WireTap | None = None

    @property
    def address(self) -> str | None:
        """The IP address of the last connection, or None."""
        return self._tap.address if self._tap is not None else None

    def sibling(self, limits: RecordingLimits | None = None) -> "Recorder":
        """Another recorder with the same settings, or other limits, for an exchange at the same time, unobserved."""
        return Recorder(limits=limits or self.limits, http2=self._http2, ca_file=self._ca_file, clock=self._clock)

    def give_up(self) -> None:
        """End the running exchange as Ctrl-C does, and start no other. Safe from any thread."""
        self.interrupted = True
        if self._tap is not None:
            self._tap.shut()

    def record(
        self,
        probe: str,
        request: Request,
        *,
        secrets: Iterable[str] = (),
        stop_after_events: int | None = None,
        bytes_per_second: int | None = None,
        http2: bool | None = None,
        connection: KeptConnection | None = None,
        on_events: Callable[[Sequence[ServerSentEvent]], None] = lambda events: None,
        reach: Reach | None = None,
    ) -> Transcript:
        """Send a request and record everything that comes back.

        Args:
            probe: Under which name the transcript is filed.
            request: What to send.
            secrets: Values that must not be kept, beside those in headers with a telling name.
            stop_after_events: Hang up after this many events.
            bytes_per_second: Read no faster than this, through a small receive buffer, so that the endpoint feels it.
            http2: Offer HTTP/2 for this exchange, or do not; None as the recorder does for all.
            connection: Sends over this connection and leaves it open; what it was opened with then holds.
            on_events: Told of events as they arrive, on the recording thread; must return at once.
            reach: For an address that the endpoint chose: what may be asked, redirects included.
        """
        started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        start_ns = self._clock()
        log = WireLog(
            clock=self._clock,
            start_ns=start_ns,
            deadline_ns=int(self.limits.total_seconds * _NS_PER_SECOND),
        )
        recording = _Recording(
            log,
            connection=connection,
            is_reused=connection is not None and connection.is_open,
            http2=self._http2 if http2 is None else http2,
            stop_after_events=stop_after_events,
            bytes_per_second=bytes_per_second,
            on_events=on_events,
            reach=reach,
        )
        end = self._run(request, recording)
        transcript = Transcript(
            probe=probe,
            request=request,
            started_at=started_at,
            head=recording.head,
            chunks=tuple(recording.chunks),
            redirects=tuple(recording.redirects),
            phases=log.phases(recording.head_ns),
            end=end,
        )
        return redact_all(transcript, secrets)

    def _run(self, request: Request, recording: _Recording) -> StreamEnd:
        log = recording.log
        try:
            following: Request | None = request
            while following is not None:
                following = self._exchange(following, recording)
            if self.interrupted:
                # A body that ends with its connection looks whole when we end the connection.
                return _interrupted(log)
            return StreamEnd(ending=natural_ending(recording.head), at_ns=log.last_read_ns)
        except KeyboardInterrupt:
            self.interrupted = True
            return _interrupted(log)
        except _StopError as stop:
            return StreamEnd(ending=stop.ending, at_ns=log.now_ns(), detail=stop.detail)
        except OutOfReachError as refusal:
            return StreamEnd(ending=Ending.ABANDONED, at_ns=log.now_ns(), detail=str(refusal))
        except DeadlineError:
            detail = f"the exchange took longer than {self.limits.total_seconds:g} s"
            return StreamEnd(ending=Ending.LIMIT_REACHED, at_ns=log.now_ns(), detail=detail)
        except Exception as error:
            if self.interrupted:
                return _interrupted(log)
            ending, detail = unnatural_ending(error, log, self.limits)
            return StreamEnd(ending=ending, at_ns=log.now_ns(), detail=detail)

    def _exchange(self, request: Request, recording: _Recording) -> Request | None:
        """One hop; returns the request of the next one."""
        if self.interrupted:
            raise KeyboardInterrupt
        recording.log.start_hop()
        with (
            self._pool(request.url, recording) as pool,
            pool.stream(
                request.method,
                request.url,
                headers=wire_headers(request),
                content=request.body or None,
            ) as response,
        ):
            if recording.connection is not None:
                recording.connection.check_answer()
            head = read_head(response)
            following = next_request(request, head, recording.reach)
            if following is not None:
                if len(recording.redirects) == self.limits.redirects:
                    raise _StopError(Ending.LIMIT_REACHED, f"more than {self.limits.redirects} redirects")
                recording.redirects.append(Redirect(url=request.url, head=head))
                return following
            recording.head, recording.head_ns = head, recording.log.last_read_ns
            if self._observer is not None:
                self._observer.on_head(head, recording.head_ns)
            self._read_body(response.iter_stream(), recording)
            if recording.connection is not None and not recording.is_reused:
                recording.connection.listen()
            return None

    def _read_body(self, body: Iterator[bytes], recording: _Recording) -> None:
        meter, stop_after_events = StreamMeter(self.limits), recording.stop_after_events
        for data in body:
            try:
                events = meter.read(data)
            except StreamTooLargeError as error:
                raise _StopError(Ending.LIMIT_REACHED, str(error)) from error
            chunk = Chunk(at_ns=recording.log.last_read_ns, data=data)
            recording.chunks.append(chunk)
            recording.body_bytes += len(data)
            recording.events += len(events)
            recording.on_events(events)
            if self._observer is not None:
                self._observer.on_chunk(chunk, events)
            if stop_after_events is not None and recording.events >= stop_after_events:
                raise _StopError(Ending.ABANDONED, f"hung up after {recording.events} event(s)")
            if stop_after_events is not None and recording.body_bytes > self.limits.bytes_before_event:
                raise _StopError(Ending.ABANDONED, f"hung up after {recording.body_bytes} bytes without an event")

    def _pool(self, url: str, recording: _Recording) -> AbstractContextManager[httpcore.ConnectionPool]:
        kept = recording.connection
        if kept is not None and recording.is_reused:
            kept.check_idle()
            kept.tap.log, kept.tap.limits, self._tap = recording.log, self.limits, kept.tap
            return nullcontext(kept.pool)
        context = self._context() if urlsplit(url).scheme == "https" else None
        self._tap = WireTap(
            recording.log, self.limits, bytes_per_second=recording.bytes_per_second, reach=recording.reach
        )
        if self.interrupted:
            raise KeyboardInterrupt  # given up since the hop began, when there was nothing to shut yet
        pool = httpcore.ConnectionPool(ssl_context=context, http2=recording.http2, network_backend=self._tap)
        if kept is not None:
            kept.open(pool, self._tap)
            return nullcontext(pool)
        return pool

    def _context(self) -> ssl.SSLContext:
        if self._ssl_context is None:
            # Plain http needs nothing of httpx, which takes longer to import than a rule takes to judge.
            import httpx

            self._ssl_context = httpx.create_ssl_context()
            if self._ca_file is not None:
                self._ssl_context.load_verify_locations(self._ca_file)
        return self._ssl_context


def _interrupted(log: WireLog) -> StreamEnd:
    return StreamEnd(ending=Ending.ABANDONED, at_ns=log.now_ns(), detail="interrupted by Ctrl-C")
