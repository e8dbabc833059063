"""Probes put to an endpoint: alone, several at once, with another request in between, or on one connection."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType

from conformance.core import Request, ServerSentEvent, Transcript
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Interjection, Probe
from conformance.recorders import KeptConnection, Recorder

__all__ = ["Exchanges"]


class Exchanges:
    """Records what the probes of one run ask. A ``with`` block closes the connections that were kept."""

    def __init__(self, endpoint: Endpoint, recorder: Recorder, *, kept: Iterable[str | None]) -> None:
        """Nothing is sent yet.

        Args:
            endpoint: The endpoint.
            recorder: Records each exchange; those at the same time go to its siblings.
            kept: Probes whose connection another one is sent on.
        """
        self._endpoint = endpoint
        self._recorder = recorder
        self._kept = frozenset(kept)
        self._connections: dict[str, KeptConnection] = {}

    def __enter__(self) -> "Exchanges":
        """Keep connections for the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close them."""
        for name in tuple(self._connections):
            self._close(name)

    def ask(
        self, probe: Probe, *, on_events: Callable[[Sequence[ServerSentEvent]], None] = lambda events: None
    ) -> tuple[Transcript, ...]:
        """Send what a probe asks, and record every answer; Ctrl-C ends them all and is left on the recorder.

        Args:
            probe: What to ask.
            on_events: Told of the events of a single answer, without an interjection, as they arrive.
        """
        requests = probe.requests(self._endpoint)
        if len(requests) > 1:
            return self._ask_at_once(probe, requests)
        if probe.interjection is not None:
            return self._ask_with(probe.interjection, probe, requests[0])
        connection = self._connection(probe)
        recorded = self._record(self._recorder, probe, requests[0], connection=connection, on_events=on_events)
        if probe.follows is not None:
            self._close(probe.follows)
        return (recorded,)

    def _connection(self, probe: Probe) -> KeptConnection | None:
        if probe.follows is not None:
            return self._connections.get(probe.follows)
        if probe.name not in self._kept:
            return None
        # Of several generations the last one's connection is tried.
        self._close(probe.name)
        self._connections[probe.name] = KeptConnection()
        return self._connections[probe.name]

    def _close(self, name: str) -> None:
        """Close what was kept of a probe; a server that serves one connection at a time would wait for it."""
        connection = self._connections.pop(name, None)
        if connection is not None:
            connection.close()

    def _ask_at_once(self, probe: Probe, requests: Sequence[Request]) -> tuple[Transcript, ...]:
        recorders = [self._recorder.sibling() for _ in requests]
        with ThreadPoolExecutor(len(requests), thread_name_prefix=probe.name) as threads:
            running = [
                threads.submit(self._record, recorder, probe, request)
                for recorder, request in zip(recorders, requests, strict=True)
            ]
            self._await(running, recorders)
        return tuple(future.result() for future in running)

    def _ask_with(self, interjection: Interjection, probe: Probe, request: Request) -> tuple[Transcript, ...]:
        recorder, seen = self._recorder.sibling(), 0
        running: list[Future[Transcript]] = []
        other = interjection.build(self._endpoint, request)
        with ThreadPoolExecutor(1, thread_name_prefix=interjection.name) as threads:

            def on_events(events: Sequence[ServerSentEvent]) -> None:
                nonlocal seen
                seen += len(events)
                if not running and seen >= interjection.after_events:
                    running.append(
                        threads.submit(recorder.record, interjection.name, other, secrets=self._endpoint.secrets)
                    )

            recorded = self._record(self._recorder, probe, request, on_events=on_events)
            if self._recorder.interrupted:
                recorder.give_up()
            self._await(running, [recorder])
        return (recorded, *(future.result() for future in running))

    def _await(self, running: Sequence[Future[Transcript]], recorders: Sequence[Recorder]) -> None:
        try:
            wait(running)
        except KeyboardInterrupt:
            self._recorder.interrupted = True
            for recorder in recorders:
                recorder.give_up()

    def _record(
        self,
        recorder: Recorder,
        probe: Probe,
        request: Request,
        *,
        connection: KeptConnection | None = None,
        on_events: Callable[[Sequence[ServerSentEvent]], None] = lambda events: None,
    ) -> Transcript:
        return recorder.record(
            probe.name,
            request,
            secrets=self._endpoint.secrets,
            stop_after_events=probe.stop_after_events,
            bytes_per_second=probe.bytes_per_second,
            http2=True if probe.http2 else None,
            connection=connection,
            on_events=on_events,
        )
