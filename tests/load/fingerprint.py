"""A fingerprint of a made-up run."""

from load.run import Fingerprint

__all__ = ["FINGERPRINT"]

FINGERPRINT = Fingerprint(
    started_at="2026-11-22T12:00:00+00:00",
    scenario="steady",
    endpoint="http://[::1]/stream",
    users=1,
    run_seconds=20,
    payload_sha256="00",
    payload_bytes=2,
    generator="0.1.0",
    locust="2.47.0",
    python="3.11.7",
    machine="Linux x86_64",
    processors=2,
)
