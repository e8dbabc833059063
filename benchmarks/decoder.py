"""How fast the decoder reads, beside httpx-sse and sseclient-py, and whether large events cost more per byte.

Run it with ``python benchmarks/decoder.py``. Each reader gets the same chunks through its public interface, and
must find the same events. The rounds of the readers are interleaved, so that a slow moment of the machine hits
all of them, and the best round counts. Compare ratios of one run, not numbers of two.

Where an event outgrows the memory that the allocator keeps at hand, each round pays for fresh pages, which halves
or quarters the speed of any reader. That is why page faults stand beside the speeds: a reader whose work is linear
is as fast on 16 MB as on 2 MB wherever the faults are alike.
"""

import argparse
import base64
import json
import platform
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import httpx
from httpx_sse import EventSource
from rich.console import Console
from rich.table import Table
from sseclient import SSEClient

from conformance.core import EventStreamDecoder

CHUNK_BYTES = 64 * 1024
MEGABYTE = 1_000_000

Chunks = list[bytes]
Reader = Callable[[Chunks], Iterator[str]]


def with_ours(chunks: Chunks) -> Iterator[str]:
    """Read with the decoder of this project."""
    decoder = EventStreamDecoder()
    for chunk in chunks:
        for event in decoder.feed(chunk):
            yield event.data


def with_httpx_sse(chunks: Chunks) -> Iterator[str]:
    """Read as httpx-sse reads a streaming response, which is how fal's own client reads."""
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=iter(chunks))
    for event in EventSource(response).iter_sse():
        yield event.data


def with_sseclient(chunks: Chunks) -> Iterator[str]:
    """Read with sseclient-py."""
    for event in SSEClient(iter(chunks)).events():
        yield event.data


READERS: dict[str, Reader] = {
    "ours": with_ours,
    "httpx-sse": with_httpx_sse,
    "sseclient-py": with_sseclient,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A stream of events of one size.

    Attributes:
        name: What the table calls it.
        event_bytes: The size of an event on the wire, about.
        events: How many events.
    """

    name: str
    event_bytes: int
    events: int

    def chunks(self) -> Chunks:
        """The stream, cut every 64 KiB: events with a data URI, as previews have."""
        pixels = random.Random(self.event_bytes).randbytes(self.event_bytes * 3 // 4)  # noqa: S311
        url = "data:image/jpeg;base64," + base64.b64encode(pixels).decode("ascii")
        payload = json.dumps({"image": {"url": url, "content_type": "image/jpeg"}})
        body = f"data: {payload}\n\n".encode() * self.events
        return [body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The best round of one reader on one workload."""

    workload: str
    reader: str
    stream_bytes: int
    best_seconds: float
    megabytes_per_second: float
    page_faults: int


COMPARED = [
    Workload(name="2 MB events", event_bytes=2 * MEGABYTE, events=8),
    Workload(name="1 KB events", event_bytes=1_000, events=8_000),
]
GROWING = [Workload(name=f"one event of {size} MB", event_bytes=size * MEGABYTE, events=1) for size in (2, 4, 8, 16)]


def measure(workload: Workload, rounds: int) -> list[Result]:
    """Time every reader on a workload, in turns.

    Raises:
        SystemExit: The readers do not agree on what the stream says.
    """
    chunks = workload.chunks()
    stream_bytes = sum(map(len, chunks))
    found = {name: [hash(data) for data in read(chunks)] for name, read in READERS.items()}
    if any(events != found["ours"] for events in found.values()) or len(found["ours"]) != workload.events:
        sys.exit(f"the readers disagree on {workload.name}: { ({name: len(found[name]) for name in found}) }")
    best = dict.fromkeys(READERS, (float("inf"), 0))
    for _ in range(rounds):
        for name, read in READERS.items():
            best[name] = min(best[name], _seconds_and_faults(read, chunks))
    return [
        Result(
            workload=workload.name,
            reader=name,
            stream_bytes=stream_bytes,
            best_seconds=seconds,
            megabytes_per_second=stream_bytes / MEGABYTE / seconds,
            page_faults=faults,
        )
        for name, (seconds, faults) in best.items()
    ]


def _seconds_and_faults(read: Reader, chunks: Chunks) -> tuple[float, int]:
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    start = time.perf_counter()
    for _ in read(chunks):
        pass
    seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults


def comparison(results: list[Result]) -> Table:
    """Megabytes per second of each reader, and how many times faster ours is."""
    others = [name for name in READERS if name != "ours"]
    table = Table("MB/s", *READERS, *(f"ours / {name}" for name in others), title="Readers compared")
    for workload, best in _by_workload(results):
        speeds = [best[name].megabytes_per_second for name in READERS]
        ratios = [best["ours"].megabytes_per_second / best[name].megabytes_per_second for name in others]
        table.add_row(workload, *(f"{speed:.0f}" for speed in speeds), *(f"{ratio:.2f}" for ratio in ratios))
    return _right_aligned(table)


def growth(results: list[Result]) -> Table:
    """Megabytes per second by size of the event, with the page faults that each megabyte cost."""
    table = Table("MB/s (page faults per MB)", *READERS, title="Larger events")
    rows = list(_by_workload(results))
    for workload, best in rows:
        faults = {name: best[name].page_faults / best[name].stream_bytes * MEGABYTE for name in READERS}
        table.add_row(workload, *(f"{best[name].megabytes_per_second:.0f} ({faults[name]:.0f})" for name in READERS))
    (_, first), (_, last) = rows[0], rows[-1]
    ratios = [last[name].megabytes_per_second / first[name].megabytes_per_second for name in READERS]
    table.add_row("last / first", *(f"{ratio:.2f}" for ratio in ratios))
    return _right_aligned(table)


def _by_workload(results: list[Result]) -> Iterator[tuple[str, dict[str, Result]]]:
    for workload in dict.fromkeys(result.workload for result in results):
        yield workload, {result.reader: result for result in results if result.workload == workload}


def _right_aligned(table: Table) -> Table:
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def main() -> None:
    """Measure, print the tables and, if asked, write the numbers."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds per reader (default: 5)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the numbers to this file")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")

    machine = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: version(name) for name in ("httpx", "httpx-sse", "sseclient-py")},
    }
    compared = [result for workload in COMPARED for result in measure(workload, arguments.rounds)]
    growing = [result for workload in GROWING for result in measure(workload, arguments.rounds)]

    console = Console()
    console.print(", ".join(f"{name} {value}" for name, value in machine.items()), highlight=False)
    console.print(comparison(compared), growth(growing))
    if arguments.json is not None:
        report = {
            "machine": machine,
            "rounds": arguments.rounds,
            "chunk_bytes": CHUNK_BYTES,
            "results": [asdict(result) for result in [*compared, *growing]],
        }
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
