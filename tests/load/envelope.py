"""What a made-up machine can measure."""

from load.envelope import Envelope

__all__ = ["ENVELOPE"]

ENVELOPE = Envelope(
    measured_at="2026-11-23T12:00:00+00:00",
    machine="Linux x86_64 here",
    reader="precise",
    event_bytes=50_000,
    cadence_ms=100.0,
    users=50,
    reader_p50_ms=0.1,
    reader_p99_ms=0.5,
    kernel_p50_ms=0.01,
    kernel_p99_ms=0.05,
    processor_seconds_per_10000=1.0,
    capacity_per_second=1000.0,
    is_limit_reached=True,
)
