"""Generations through the reference app's queue and event stream, in this process and without HTTP."""

import asyncio
import time
from dataclasses import dataclass

from reference_app.event_stream import EventStream
from reference_app.generation_input import GenerationInput, OutputFormat
from reference_app.generation_queue import GenerationQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRun:
    """What one generation took.

    Attributes:
        first_event_seconds: from submitting it to its first event: a preview, or without previews the result.
        total_seconds: from submitting it to its result.
        events: how many there were, the result included.
    """

    first_event_seconds: float
    total_seconds: float
    events: int


async def run_generation(queue: GenerationQueue, body: GenerationInput, *, with_previews: bool = True) -> GenerationRun:
    """Submit one generation and read all of it."""
    started = time.perf_counter()
    generation = queue.submit(body, request_id=str(started), with_previews=with_previews)
    stream = EventStream(generation, output_format=OutputFormat.JPEG, position=lambda: None)
    instants = [time.perf_counter() async for block in stream.blocks() if block.startswith(b"data:")]
    return GenerationRun(
        first_event_seconds=instants[0] - started, total_seconds=instants[-1] - started, events=len(instants)
    )


async def run_users(queue: GenerationQueue, body: GenerationInput, *, users: int, each: int) -> list[GenerationRun]:
    """So many users at once, each asking again as soon as the answer is there."""

    async def user(number: int) -> list[GenerationRun]:
        seeds = range(number * each, (number + 1) * each)
        return [await run_generation(queue, body.model_copy(update={"seed": seed})) for seed in seeds]

    return [run for runs in await asyncio.gather(*map(user, range(users))) for run in runs]
