"""What previews cost: the embedded model at its native size, default steps and cadence.

    python -m benchmarks.previews [--rounds 12] [--json PATH]

The same generation with and without previews, in turn; the first of each is not counted. Processor time counts whatever
thread it was spent in; wall time is what a user waits for the result.
"""

import argparse
import asyncio
import json
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.generation_run import run_generation
from reference_app.generation_input import GenerationInput
from reference_app.generation_queue import GenerationQueue
from reference_app.pipelines import embedded

LIMIT_PERCENT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one generation."""

    cpu_seconds: float
    wall_seconds: float
    events: int


async def measure(queue: GenerationQueue, *, with_previews: bool) -> Cost:
    """Run one generation."""
    body = GenerationInput(prompt="a red circle on a blue background", seed=1)
    cpu = time.process_time()
    run = await run_generation(queue, body, with_previews=with_previews)
    return Cost(cpu_seconds=time.process_time() - cpu, wall_seconds=run.total_seconds, events=run.events)


async def measure_pairs(queue: GenerationQueue, rounds: int) -> list[tuple[Cost, Cost]]:
    """With and without previews, in one event loop: a server keeps its worker threads, and so must this."""
    pairs = [
        (await measure(queue, with_previews=True), await measure(queue, with_previews=False)) for _ in range(rounds + 1)
    ]
    return pairs[1:]


def main() -> None:
    """Measure, print, and write the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    queue = GenerationQueue(embedded.load())
    pairs = asyncio.run(measure_pairs(queue, options.rounds))
    queue.close()
    overhead = {
        name: 100 * (statistics.median(asdict(shown)[name] / asdict(plain)[name] for shown, plain in pairs) - 1)
        for name in ("cpu_seconds", "wall_seconds")
    }
    console = Console()
    console.print(f"{pairs[0][0].events - 1} previews in 30 steps at {queue.pipeline.defaults.width} pixels")
    for name, percent in overhead.items():
        console.print(f"{name.removesuffix('_seconds')} time: {percent:+.1f} % (limit {LIMIT_PERCENT} %)")
    if options.json is not None:
        options.json.write_text(json.dumps({"overhead_percent": overhead}, indent=2) + "\n")


if __name__ == "__main__":
    main()
