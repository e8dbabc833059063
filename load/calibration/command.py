"""The command ``calibrate``."""

import sys
from typing import NoReturn

import click
from rich.console import Console

from load.calibration.calibration import calibrated
from load.calibration.stage import Shape, StageResult
from load.envelope import LARGEST_ERROR_MS, Envelope
from load.envelope_file import write_envelope
from load.errors import NothingRecordedError
from load.exit_code import ExitCode

__all__ = ["calibrate"]


@click.command()
@click.option("--users", type=click.IntRange(1, 4096), default=50, show_default=True, help="Streams at once.")
@click.option(
    "--event-bytes",
    type=click.IntRange(200, 10_000_000),
    default=50_000,
    show_default=True,
    help="Size of an event, of which previews are most.",
)
@click.option(
    "--cadence-ms",
    type=click.FloatRange(5, 10_000),
    default=100.0,
    show_default=True,
    help="From one event of a stream to the next.",
)
@click.option(
    "--reader", type=click.Choice(["precise", "fast"]), default="precise", show_default=True, help="What reads."
)
@click.option(
    "--seconds", type=click.IntRange(1, 60), default=4, show_default=True, help="For how long each number runs."
)
@click.option(
    "--most-users", type=click.IntRange(1, 4096), default=2000, show_default=True, help="Do not try more than this."
)
def calibrate(users: int, event_bytes: int, cadence_ms: float, reader: str, seconds: int, most_users: int) -> None:
    """Measure what the generator itself can measure on this machine.

    A server on the loopback sends events that say when they were sent; the generator reads them as in a run. Printed
    are how late its stamps are and how much it can read; both are kept, and later runs say what share they used.
    """
    console = Console()
    shape = Shape(event_bytes=event_bytes, cadence_ms=cadence_ms, reader=reader)
    console.print(
        f"Reading events of {event_bytes} bytes every {cadence_ms:g} ms from a server on this machine, "
        f"{seconds} s for each number of streams:"
    )
    try:
        envelope = calibrated(
            shape,
            users,
            stage_seconds=seconds,
            most_users=most_users,
            tell=lambda result: console.print(_stage_line(result), markup=False, highlight=False),
        )
    except NothingRecordedError as error:
        _end(f"Error: {error}")
    except KeyboardInterrupt:
        _end("Interrupted: what was measured so far is not kept.")
    console.print(_summary(envelope), markup=False, highlight=False)
    console.print(f"Kept in {write_envelope(envelope)}", markup=False, highlight=False, soft_wrap=True)


def _end(text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(ExitCode.NOT_JUDGED)


def _stage_line(result: StageResult) -> str:
    stamps = result.stamps
    p99 = "-" if stamps.reader_p99_ms is None else f"{stamps.reader_p99_ms:.2f} ms"
    return (
        f"  {result.users:5d} streams: {stamps.events_per_second:6.0f} of {result.offered_per_second:.0f} events/s, "
        f"stamps late by {p99} (p99)"
    )


def _summary(envelope: Envelope) -> str:
    kernel = "none on this machine"
    if envelope.kernel_p50_ms is not None and envelope.kernel_p99_ms is not None:
        kernel = f"{envelope.kernel_p50_ms:.3f} ms p50, {envelope.kernel_p99_ms:.3f} ms p99"
    limit = (
        f"stamps are less than {LARGEST_ERROR_MS:g} ms late (p99) up to about "
        if envelope.is_limit_reached
        else "no limit was reached; the most that was tried is "
    )
    return "\n".join(
        (
            f"With {envelope.users} streams and the {envelope.reader} reader:",
            f"  reader's stamps: {envelope.reader_p50_ms:.3f} ms p50, {envelope.reader_p99_ms:.3f} ms p99",
            f"  kernel's stamps: {kernel}",
            f"  processor time: {envelope.processor_seconds_per_10000:.2f} s for 10,000 events",
            f"One generator process: {limit}{envelope.capacity_per_second:.0f} events/s of this size.",
        )
    )
