"""How late the stamps of one reading process were, and what reading cost it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from load.quantiles import nearest_rank

__all__ = ["StampReport"]

_MEDIAN, _P99 = Fraction(50), Fraction(99)
_NS_PER_MS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class StampReport:
    """Figures of one process over one stretch of time. Errors are the instant of a stamp less that of the sending.

    Attributes:
        events: How many events were read.
        seconds: In how much time.
        processor_seconds: With how much processor time of the reading process.
        reader_p50_ms: Median error of the reader's stamps; None where there were no events.
        reader_p99_ms: Their 99th percentile.
        kernel_p50_ms: Median error of the kernel's stamps; None where it gives none.
        kernel_p99_ms: Their 99th percentile.
    """

    events: int
    seconds: float
    processor_seconds: float
    reader_p50_ms: float | None = None
    reader_p99_ms: float | None = None
    kernel_p50_ms: float | None = None
    kernel_p99_ms: float | None = None

    @classmethod
    def of(
        cls, reader_ns: Iterable[int], kernel_ns: Iterable[int], *, seconds: float, processor_seconds: float
    ) -> "StampReport":
        """Sum up the errors of the reader's and the kernel's stamps, in nanoseconds."""
        reader, kernel = sorted(reader_ns), sorted(kernel_ns)
        return cls(
            events=len(reader),
            seconds=seconds,
            processor_seconds=processor_seconds,
            reader_p50_ms=_percentile_ms(reader, _MEDIAN),
            reader_p99_ms=_percentile_ms(reader, _P99),
            kernel_p50_ms=_percentile_ms(kernel, _MEDIAN),
            kernel_p99_ms=_percentile_ms(kernel, _P99),
        )

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "StampReport":
        """Read what :meth:`as_json` wrote."""
        return cls(**value)

    @property
    def events_per_second(self) -> float:
        """How many events came in a second."""
        return self.events / self.seconds if self.seconds else 0.0

    @property
    def processor_seconds_per_10000(self) -> float:
        """Processor seconds for ten thousand events; 0 where there were none."""
        return self.processor_seconds / self.events * 10_000 if self.events else 0.0

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return asdict(self)


def _percentile_ms(values: list[int], percentile: Fraction) -> float | None:
    return nearest_rank(values, percentile) / _NS_PER_MS if values else None
