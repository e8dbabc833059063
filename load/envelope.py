"""What a generator can measure on a machine."""

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["ENVELOPE_VERSION", "LARGEST_ERROR_MS", "Envelope"]

ENVELOPE_VERSION = 1
LARGEST_ERROR_MS = 10.0
"""A generator is at its limit when the 99th percentile of its stamps' error passes this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The figures of one generator process on one machine.

    Attributes:
        version: Of this form.
        measured_at: Wall-clock time, ISO 8601 in UTC.
        machine: Operating system, architecture and name of the machine.
        reader: Which reader read.
        event_bytes: How large the events were.
        cadence_ms: From one event of a stream to the next.
        users: How many streams at once the errors are of.
        reader_p50_ms: Median error of the reader's stamps.
        reader_p99_ms: Their 99th percentile.
        kernel_p50_ms: Median error of the kernel's stamps; None where it gives none.
        kernel_p99_ms: Their 99th percentile.
        processor_seconds_per_10000: Processor seconds for ten thousand events.
        capacity_per_second: The most events a second that were read with errors below the limit.
        is_limit_reached: Whether more was tried and was too much; else the capacity is only the most that was tried.
    """

    version: int = ENVELOPE_VERSION
    measured_at: str
    machine: str
    reader: str
    event_bytes: int
    cadence_ms: float
    users: int
    reader_p50_ms: float
    reader_p99_ms: float
    kernel_p50_ms: float | None
    kernel_p99_ms: float | None
    processor_seconds_per_10000: float
    capacity_per_second: float
    is_limit_reached: bool

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> "Envelope":
        """Read what :meth:`as_json` wrote.

        Raises:
            ValueError: It is not an envelope of this version.
        """
        if not isinstance(value, dict) or value.get("version") != ENVELOPE_VERSION:
            found = value.get("version") if isinstance(value, dict) else None
            raise ValueError(f"the envelope's version is {found!r}, expected {ENVELOPE_VERSION}")
        try:
            return cls(**value)
        except TypeError as error:
            raise ValueError(f"the envelope cannot be read: {error}") from error
