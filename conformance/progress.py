"""What a person sees while a stream is running: events and previews as they arrive, and the time."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from conformance.core import Chunk, ResponseHead, ServerSentEvent, Transcript

__all__ = ["LiveProgress"]

_NS_PER_SECOND = 1_000_000_000


class LiveProgress:
    """A line on the terminal that follows the recording; silent where no person is looking."""

    def __init__(self, console: Console) -> None:
        """The console decides: only a terminal is written to."""
        self._console = console
        self._live: Live | None = None
        self._start_exchange()

    @contextmanager
    def shown(self) -> Iterator["LiveProgress"]:
        """Show the line while the block runs."""
        if not self._console.is_terminal:
            yield self
            return
        with Live(console=self._console, get_renderable=self._line, refresh_per_second=8, transient=True) as live:
            self._live = live
            yield self
            self._live = None

    def on_head(self, head: ResponseHead, at_ns: int) -> None:
        """The response head is in."""
        self._status = f"{head.status}"

    def on_chunk(self, chunk: Chunk, events: Sequence[ServerSentEvent]) -> None:
        """Body bytes are in; each preview leaves a line."""
        self._bytes += len(chunk.data)
        for event in events:
            self._events += 1
            # A cheap look instead of a parse: the recording thread must not be held up.
            if '"content_type"' in event.data:
                self._pictures += 1
                self._say_arrival(chunk, len(event.data))

    def on_transcript(self, transcript: Transcript) -> None:
        """An exchange is over."""
        if self._live is not None:
            status = transcript.head.status if transcript.head else "no answer"
            end = transcript.end
            seconds = end.at_ns / _NS_PER_SECOND
            text = f"  {transcript.probe:<22} {status}  {end.ending.value}  {seconds:.2f} s"
            self._console.print(Text(text, style="dim"))
        self._start_exchange()

    def _start_exchange(self) -> None:
        self._started = time.monotonic()
        self._status = "waiting for the response"
        self._bytes = self._events = self._pictures = 0
        self._spinner = Spinner("dots")

    def _say_arrival(self, chunk: Chunk, size: int) -> None:
        if self._live is not None:
            seconds = chunk.at_ns / _NS_PER_SECOND
            text = f"  {seconds:7.2f} s  picture {self._pictures:<3} {size / 1024:8.1f} KiB"
            self._console.print(Text(text))

    def _line(self) -> Spinner:
        parts = [f"{time.monotonic() - self._started:6.1f} s", self._status]
        if self._bytes:
            parts.append(f"{self._events} events, {self._pictures} pictures, {self._bytes / 1024:.0f} KiB")
        self._spinner.update(text=Text("  ".join(parts)))
        return self._spinner
