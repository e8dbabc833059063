"""How long the judging of recorded streams takes, and whether it grows with their size alone.

    python benchmarks/evaluation.py [--rounds 5] [--json PATH]

A quick check's transcripts (a generation and its refusals) are judged with all rules, in one process that has judged
before. *Pictures* is a stream as diffusion models send it: 1024 x 1024 JPEGs as data URIs, 21 of them in 5 MB, read
in pieces of 16 to 64 KiB. *Small events* is the worst shape for rules: as many bytes in events of a hundred. Each
round judges a fresh copy of each transcript, the rounds are interleaved, and the median counts. Compare ratios of one
run: a size that doubles should double the time.
"""

import argparse
import json
import platform
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from conformance.core import Transcript
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Outcome
from conformance.profiles.profile import Profile
from conformance.profiles.profile_file import load_profile
from conformance.samples import answer, event, final, picture, picture_bytes, preview, timed_stream

MEGABYTE = 1_000_000
SIZES_MEGABYTES = (1.25, 2.5, 5.0, 10.0, 20.0)
JUDGED_MEGABYTES = 5.0
PIXELS = 1024
EVERY_MS = 150
SMALL_EVENT_BYTES = 100

REFUSALS = (
    answer("invalid_input", 422, {"detail": [{"msg": "a text was expected"}]}),
    answer("malformed_json", 422, {"detail": "no JSON"}),
    answer("missing_body", 422, {"detail": "no body"}),
    answer("wrong_method", 405, {"detail": "Method Not Allowed"}, headers=(("allow", "POST"),)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A kind of stream.

    Attributes:
        name: What the table calls it.
        build: Makes one of about so many bytes.
        most_megabytes: The largest that is judged; more than 100,000 events are never read.
    """

    name: str
    build: Callable[[int], Transcript]
    most_megabytes: float = SIZES_MEGABYTES[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How long one transcript took."""

    shape: str
    body_bytes: int
    events: int
    median_seconds: float
    worst_seconds: float


def stream_of_pictures(body_bytes: int) -> Transcript:
    """Previews that come out of the grey, and the picture."""
    size = {"width": PIXELS, "height": PIXELS}
    last = event(final(images=[picture(_photograph(1.0), **size)]))
    count = max(1, round((body_bytes - len(last)) / len(event({"image": picture(_photograph(0.5), **size)}))))
    steps = range(1, count + 1)
    previews = [event(preview(step, count, image=picture(_photograph(step / (count + 1)), **size))) for step in steps]
    return _read_in_pieces([*previews, last])


def _photograph(progress: float) -> bytes:
    return picture_bytes(round(progress, 3), width=PIXELS, height=PIXELS, quality=80, noise=0.12)


def stream_of_small_events(body_bytes: int) -> Transcript:
    """Progress events of a hundred bytes between a preview and the picture."""
    first, last = event(preview(1, 1)), event(final())
    padded = (event({"progress": 1, "number": number, "log": ""}) for number in range(body_bytes // SMALL_EVENT_BYTES))
    events = [item.replace(b'""', b'"%s"' % (b"." * (SMALL_EVENT_BYTES - len(item)))) for item in padded]
    return _read_in_pieces([first, *events, last])


def _read_in_pieces(events: list[bytes]) -> Transcript:
    """Reads of 16 to 64 KiB, at most, each at an instant of its own."""
    random_ = random.Random(len(events))  # noqa: S311
    pieces: list[tuple[int, bytes]] = []
    per_read = max(1, len(events) // 100)
    for number in range(0, len(events), per_read):
        due_ms, data = EVERY_MS * (number // per_read + 1), b"".join(events[number : number + per_read])
        start = 0
        while start < len(data):
            length = random_.randint(16 * 1024, 64 * 1024)
            pieces.append((due_ms + start // 100_000, data[start : start + length]))
            start += length
    return timed_stream(pieces, end_ms=pieces[-1][0] + 5)


SHAPES = (
    Shape(name="pictures", build=stream_of_pictures),
    Shape(name="small events", build=stream_of_small_events, most_megabytes=5.0),
)


def measure(transcripts: dict[tuple[str, float], Transcript], rounds: int) -> dict[tuple[str, float], Result]:
    """Judge every transcript, in turns.

    Raises:
        SystemExit: One is judged bad, so that it is not what was meant to be timed.
    """
    profile = load_profile("fal-image")
    seconds: dict[tuple[str, float], list[float]] = {key: [] for key in transcripts}
    for number in range(rounds + 1):
        for key, transcript in transcripts.items():
            taken = _judge(transcript, profile)
            if number > 0:  # the first round warms up
                seconds[key].append(taken)
    return {
        key: Result(
            shape=key[0],
            body_bytes=len(transcript.body),
            events=transcript.body.count(b"\n\n"),
            median_seconds=statistics.median(seconds[key]),
            worst_seconds=max(seconds[key]),
        )
        for key, transcript in transcripts.items()
    }


def _judge(transcript: Transcript, profile: Profile) -> float:
    """Seconds; the copy has none of what its original remembers."""
    evidence = [replace(transcript), *REFUSALS]
    started = time.perf_counter()
    report = evaluate(evidence, profile)
    seconds = time.perf_counter() - started
    if report.outcome is not Outcome.HELD:
        raise SystemExit(f"this stream is judged bad: {[result.rule.id for result in report.shortfalls]}")
    return seconds


def table_of(results: dict[tuple[str, float], Result]) -> Table:
    """One line a transcript, with its time as a multiple of that of half its size."""
    table = Table("stream", "MB", "events", "median s", "worst s", "x of half the size", title="Judging with all rules")
    for (shape, megabytes), result in results.items():
        half = results.get((shape, megabytes / 2))
        ratio = f"{result.median_seconds / half.median_seconds:.2f}" if half else ""
        figures = f"{result.body_bytes / MEGABYTE:.2f}", f"{result.events}"
        table.add_row(shape, *figures, f"{result.median_seconds:.3f}", f"{result.worst_seconds:.3f}", ratio)
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds that count (default: 5)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the numbers to this file")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    transcripts = {
        (shape.name, megabytes): shape.build(int(megabytes * MEGABYTE))
        for shape in SHAPES
        for megabytes in SIZES_MEGABYTES
        if megabytes <= shape.most_megabytes
    }
    results = measure(transcripts, arguments.rounds)
    console = Console()
    console.print(f"python {platform.python_version()}, {platform.machine()}", highlight=False)
    console.print(table_of(results))
    judged = results["pictures", JUDGED_MEGABYTES].median_seconds
    console.print(f"{JUDGED_MEGABYTES:g} MB of pictures: {judged:.3f} s, {judged / 0.3:.2f} of the 0.3 s it may take")
    if arguments.json is not None:
        report = {"rounds": arguments.rounds, "results": [asdict(result) for result in results.values()]}
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
