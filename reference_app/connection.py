"""Whether the client of a plain request is still there."""

import asyncio

from fastapi import Request

from reference_app.generation import Generation
from reference_app.outcome import Outcome


async def outcome_while_connected(generation: Generation, request: Request) -> Outcome:
    """The outcome; a client that leaves before stops the generation.

    `Request.is_disconnected` does not notice it behind fal's middlewares, so the connection is listened to.
    """
    waiting = asyncio.create_task(generation.mailbox.take_outcome())
    leaving = asyncio.create_task(_until_disconnected(request))
    try:
        await asyncio.wait([waiting, leaving], return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            generation.abandon()
        return await waiting
    finally:
        waiting.cancel()
        leaving.cancel()


async def _until_disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
