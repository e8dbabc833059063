"""Clients that leave, again and again, while others stay: does the reference app lose anything over it?

    python -m benchmarks.hang_ups [--hang-ups 100] [--seed 1] [--pipeline embedded|simulated] [--ignore-times]

Two users stream all the time. Beside them clients hang up one after another, at a random moment: before the head, while
they wait, or after some previews. Then the app is left alone. The exit code is 1 where it has more threads than before,
more than 5 % more memory, a generation that can still be cancelled, or where a request now takes more than 1.25 times
as long. A second app that nobody leaves is asked in turn with the first, since the machine itself is not equally fast
at all times.
"""

import argparse
import random
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.app_process import running_app

BODY = {"prompt": "a red circle on a blue background", "width": 128, "height": 128, "num_inference_steps": 20}
USERS = 2
WARM_UP_HANG_UPS = 10
# Lanes and worker threads come with the first use, up to a fixed number.
WARM_UP_AT_ONCE, MOST_WARM_UPS = 12, 8
TIMED_REQUESTS = 7
REST_SECONDS = 2.0
MORE_MEMORY, LONGER = 1.05, 1.25
LONGEST_STAY_SECONDS = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The app at rest.

    Attributes:
        threads: of its process.
        memory_bytes: resident.
        request_seconds: median time of a whole generation, nobody else being there.
        request_ratio: median of that against the same request to the second app, just after.
    """

    threads: int
    memory_bytes: int
    request_seconds: float
    request_ratio: float


def hang_up(url: str, request_id: str, stay_seconds: float) -> None:
    """Ask for a long generation and leave after that time, whatever has come by then."""
    deadline = time.monotonic() + stay_seconds
    body, headers = {**BODY, "num_inference_steps": 100}, {"x-fal-request-id": request_id}
    try:
        with httpx.stream("POST", url, json=body, headers=headers, timeout=stay_seconds) as response:
            for _ in response.iter_raw():
                if time.monotonic() > deadline:
                    return
    except httpx.TimeoutException:
        return


def finish(url: str) -> float:
    """Ask for a generation, read all of it, and return how long that took, in seconds."""
    started = time.perf_counter()
    with httpx.stream("POST", url, json=BODY, timeout=120) as response:
        if b'"final":true' not in response.read():
            sys.exit("a generation did not come to its result")
    return time.perf_counter() - started


@contextmanager
def users(url: str) -> Iterator[list[float]]:
    """Users that stream one generation after another; their durations, in seconds."""
    durations: list[float] = []
    leaving = threading.Event()

    def stream() -> None:
        while not leaving.is_set():
            durations.append(finish(url))

    threads = [threading.Thread(target=stream) for _ in range(USERS)]
    for thread in threads:
        thread.start()
    try:
        yield durations
    finally:
        leaving.set()
        for thread in threads:
            thread.join()


def warm_up(url: str, app: psutil.Process, chance: random.Random) -> None:
    """Be busier than ever again, until that brings no new thread."""
    hang_up_often(url, request_ids(WARM_UP_HANG_UPS), chance)
    for _ in range(MOST_WARM_UPS):
        before = app.num_threads()
        with ThreadPoolExecutor(WARM_UP_AT_ONCE) as threads:
            list(threads.map(finish, [url] * WARM_UP_AT_ONCE))
        if app.num_threads() == before:
            return


def request_ids(count: int) -> list[str]:
    """As fal would name so many requests."""
    return [str(uuid.uuid4()) for _ in range(count)]


def hang_up_often(url: str, names: list[str], chance: random.Random) -> list[float]:
    """Hang up once under each name while users stream; what the users waited."""
    with users(url) as durations:
        for name in names:
            hang_up(url, name, chance.uniform(0.01, LONGEST_STAY_SECONDS))
    return durations


def still_running(url: str, names: list[str]) -> list[str]:
    """Those that the app could still cancel."""
    with httpx.Client() as client:
        answers = {name: client.post(f"{url}/cancel", headers={"x-fal-request-id": name}).json() for name in names}
    return [name for name, answer in answers.items() if answer["cancelled"]]


def at_rest(url: str, app: psutil.Process, second_url: str) -> State:
    """Wait until nobody is there, and look."""
    time.sleep(REST_SECONDS)
    pairs = [(finish(url), finish(second_url)) for _ in range(TIMED_REQUESTS)]
    return State(
        threads=app.num_threads(),
        memory_bytes=app.memory_info().rss,
        request_seconds=statistics.median(seconds for seconds, _ in pairs),
        request_ratio=statistics.median(seconds / second for seconds, second in pairs),
    )


def complaints(before: State, after: State, stuck: list[str], *, ignore_times: bool) -> list[str]:
    """What was lost."""
    found = [f"generation {name} still runs" for name in stuck]
    if after.threads > before.threads:
        found.append(f"{after.threads} threads, before {before.threads}")
    if after.memory_bytes > MORE_MEMORY * before.memory_bytes:
        found.append(f"{after.memory_bytes / before.memory_bytes:.3f} times the memory")
    if not ignore_times and after.request_ratio > LONGER * before.request_ratio:
        found.append(f"a request takes {after.request_ratio / before.request_ratio:.2f} times as long")
    return found


def main() -> int:
    """Hang up, and say what was lost; the exit code is 1 where something was."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hang-ups", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pipeline", default="embedded", choices=["embedded", "simulated"])
    parser.add_argument("--ignore-times", action="store_true", help="where other work makes them meaningless")
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 - moments, not secrets
    app_options = ("--pipeline", options.pipeline, "--step-seconds", "0.02")
    with running_app(*app_options) as (base, app), running_app(*app_options) as (second, second_app):
        url, second_url = f"{base}/stream", f"{second}/stream"
        warm_up(url, app, chance)
        warm_up(second_url, second_app, chance)
        before = at_rest(url, app, second_url)
        names = request_ids(options.hang_ups)
        durations = hang_up_often(url, names, chance)
        after = at_rest(url, app, second_url)
        stuck = still_running(url, names)
    table = Table("", "before", f"after {options.hang_ups} hang-ups", "ratio")
    table.add_row("threads", str(before.threads), str(after.threads), f"{after.threads / before.threads:.3f}")
    for name, unit, earlier, later in (
        ("resident memory", "MB", before.memory_bytes / 1e6, after.memory_bytes / 1e6),
        ("a request alone", "ms", before.request_seconds * 1e3, after.request_seconds * 1e3),
        ("against the second app", "x", before.request_ratio, after.request_ratio),
    ):
        table.add_row(name, f"{earlier:.2f} {unit}", f"{later:.2f} {unit}", f"{later / earlier:.3f}")
    console = Console()
    console.print(table)
    console.print(f"beside them, {len(durations)} generations came to their result")
    for complaint in (found := complaints(before, after, stuck, ignore_times=options.ignore_times)):
        console.print(f"LOST: {complaint}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
