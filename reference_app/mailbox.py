"""A one-slot mailbox between the thread that denoises and the event loop that sends.

A slow client must not slow the denoising, and an unbounded queue would hold every preview in memory for it. So the
newest preview replaces one that nobody fetched. The outcome has a slot of its own and is never dropped.
"""

import asyncio

from reference_app.schema import ErrorEvent, FinalEvent, PreviewEvent

Outcome = FinalEvent | ErrorEvent


class Mailbox:
    """Written from any thread, read by one task of the loop that created it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._preview: PreviewEvent | None = None
        self._outcome: Outcome | None = None

    def put_preview(self, preview: PreviewEvent) -> None:
        """Leave a preview, in place of one that was not fetched."""
        self._loop.call_soon_threadsafe(self._store_preview, preview)

    def put_outcome(self, outcome: Outcome) -> None:
        """Leave the outcome. Nothing may follow it."""
        self._loop.call_soon_threadsafe(self._store_outcome, outcome)

    async def take(self) -> PreviewEvent | Outcome:
        """The waiting preview, else the outcome, as soon as there is one. Cancelling it loses nothing."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            if self._preview is not None:
                preview, self._preview = self._preview, None
                if self._outcome is not None:
                    self._arrived.set()
                return preview
            if self._outcome is not None:
                return self._outcome

    def _store_preview(self, preview: PreviewEvent) -> None:
        self._preview = preview
        self._arrived.set()

    def _store_outcome(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._arrived.set()
