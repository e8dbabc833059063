"""What sharing denoising steps is worth: the embedded model, four users at once.

    python -m benchmarks.batching [--rounds 5] [--json PATH]

The same users ask the same pipeline in three ways, in turn: one generation at a time, four threads that know nothing of
each other, and one lane in which up to four generations share each step. All have the same number of torch threads.
"""

import argparse
import asyncio
import json
import statistics
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.generation_run import run_users
from reference_app.generation_input import GenerationInput
from reference_app.generation_queue import GenerationQueue
from reference_app.pipelines import embedded

USERS = 4
GENERATIONS_EACH = 3
WAYS = {"one at a time": (1, 1), "four threads": (4, 1), "shared steps": (1, 4)}
SIDES = (128, 256)


def measure(pipeline: Any, way: str, side: int) -> tuple[float, float]:
    """Images a second, and the median time to first preview in seconds."""
    lanes, max_batch = WAYS[way]
    pipeline.lanes = lanes
    queue = GenerationQueue(pipeline, max_batch=max_batch)
    body = GenerationInput(prompt="a red circle on a blue background", width=side, height=side)
    started = time.perf_counter()
    runs = asyncio.run(run_users(queue, body, users=USERS, each=GENERATIONS_EACH))
    seconds = time.perf_counter() - started
    queue.close()
    return len(runs) / seconds, statistics.median(run.first_event_seconds for run in runs)


def summarise(rows: dict[str, list[tuple[float, float]]]) -> dict[str, dict[str, float]]:
    """Medians over the rounds."""
    return {
        way: {
            "images_per_second": statistics.median(images for images, _ in measured),
            "first_preview_seconds": statistics.median(first for _, first in measured),
        }
        for way, measured in rows.items()
    }


def show(side: int, results: dict[str, dict[str, float]]) -> None:
    """A table, and the two ratios that count."""
    table = Table("way", "images/s", "first preview", title=f"{USERS} users, {side} x {side} pixels, 30 steps")
    for way, figures in results.items():
        first = f"{1000 * figures['first_preview_seconds']:.0f} ms"
        table.add_row(way, f"{figures['images_per_second']:.2f}", first)
    alone, threads, shared = (results[way] for way in WAYS)
    faster = shared["images_per_second"] / alone["images_per_second"]
    later = shared["first_preview_seconds"] / threads["first_preview_seconds"]
    console = Console()
    console.print(table)
    console.print(f"shared steps: {faster:.2f} x the images/s of one at a time")
    console.print(f"shared steps: {later:.2f} x the time to first preview of four threads\n")


def main() -> None:
    """Measure, print, and write the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    pipeline = embedded.load()
    results = {}
    for side in SIDES:
        rows: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        for _ in range(options.rounds):
            for way, measured in rows.items():
                measured.append(measure(pipeline, way, side))
        results[side] = summarise(rows)
        show(side, results[side])
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
