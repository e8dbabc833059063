"""Measures what this machine's generator can measure."""

from collections.abc import Callable
from datetime import UTC, datetime

from load.calibration.capacity_search import CapacitySearch
from load.calibration.stage import Shape, StageResult, run_stage
from load.envelope import LARGEST_ERROR_MS, Envelope
from load.envelope_file import machine_name
from load.errors import NothingRecordedError

__all__ = ["calibrated"]

_LEAST_SHARE = 0.95


def calibrated(
    shape: Shape, users: int, *, stage_seconds: int, most_users: int, tell: Callable[[StageResult], None]
) -> Envelope:
    """Read ``users`` streams at once, then search for the most that can be read.

    Args:
        shape: What the streams look like.
        users: How many the errors are to be of.
        stage_seconds: For how long each number is tried.
        most_users: Do not try more.
        tell: Called after each number.

    Raises:
        NothingRecordedError: Nothing could be read.
    """
    result = run_stage(shape, users, stage_seconds)
    tell(result)
    stamps = result.stamps
    if stamps.reader_p50_ms is None or stamps.reader_p99_ms is None:
        raise NothingRecordedError("no event was read from the stamping server")
    capacity, is_limit_reached = _capacity(shape, result, stage_seconds, most_users, tell)
    return Envelope(
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine_name(),
        reader=shape.reader,
        event_bytes=shape.event_bytes,
        cadence_ms=shape.cadence_ms,
        users=users,
        reader_p50_ms=stamps.reader_p50_ms,
        reader_p99_ms=stamps.reader_p99_ms,
        kernel_p50_ms=stamps.kernel_p50_ms,
        kernel_p99_ms=stamps.kernel_p99_ms,
        processor_seconds_per_10000=stamps.processor_seconds_per_10000,
        capacity_per_second=capacity,
        is_limit_reached=is_limit_reached,
    )


def _capacity(
    shape: Shape, first: StageResult, stage_seconds: int, most_users: int, tell: Callable[[StageResult], None]
) -> tuple[float, bool]:
    search = CapacitySearch(first_users=first.users, most_users=max(most_users, first.users))
    search.tell(first.users, is_well=_is_well(first))
    capacity = first.stamps.events_per_second if _is_well(first) else 0.0
    while (users := search.next_users) is not None:
        result = run_stage(shape, users, stage_seconds)
        tell(result)
        is_well = _is_well(result)
        search.tell(users, is_well=is_well)
        if is_well:
            capacity = max(capacity, result.stamps.events_per_second)
    return capacity, search.fewest_failing is not None


def _is_well(result: StageResult) -> bool:
    p99_ms = result.stamps.reader_p99_ms
    is_punctual = p99_ms is not None and p99_ms <= LARGEST_ERROR_MS
    return is_punctual and result.stamps.events_per_second >= _LEAST_SHARE * result.offered_per_second
