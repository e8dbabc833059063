"""A one-slot mailbox between the thread that denoises and the event loop that sends.

A slow client must not slow the denoising, and an unbounded queue would hold every preview in memory for it. So the
newest preview replaces one that nobody fetched. The outcome has a slot of its own and is never dropped.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from reference_app.outcome import Outcome, Preview


class Mailbox:
    """Written from any thread, read by one task of the loop that created it.

    Attributes:
        opened: set when there is something to answer: the generation has begun, has to wait, or has its outcome.
        overtaken: previews that a newer one replaced before anybody fetched them.
    """

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.overtaken = 0
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._preview: Preview | None = None
        self._outcome: Outcome | None = None

    @property
    def outcome(self) -> Outcome | None:
        """The outcome, once there is one."""
        return self._outcome

    def open(self) -> None:
        """Say that the generation has begun, or has to wait."""
        self._call(self.opened.set)

    def put_preview(self, preview: Preview) -> None:
        """Leave a preview, in place of one that was not fetched."""
        self._call(self._store_preview, preview)

    def put_outcome(self, outcome: Outcome) -> None:
        """Leave the outcome. Nothing may follow it."""
        self._call(self._store_outcome, outcome)

    async def take(self) -> Preview | Outcome:
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

    async def take_outcome(self) -> Outcome:
        """The outcome; previews are passed over."""
        while True:
            item = await self.take()
            if not isinstance(item, Preview):
                return item

    def _call(self, act: Callable[..., None], *arguments: Any) -> None:
        # When the loop is closed, nobody is left to read.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(act, *arguments)

    def _store_preview(self, preview: Preview) -> None:
        self.overtaken += self._preview is not None
        self._preview = preview
        self._arrived.set()

    def _store_outcome(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self.opened.set()
        self._arrived.set()
