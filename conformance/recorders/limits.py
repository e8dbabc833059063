"""What a hostile endpoint cannot make the recorder exceed."""

from dataclasses import dataclass

__all__ = ["RecordingLimits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingLimits:
    """Bounds of one exchange; the recorder stops at the first it reaches and says which.

    Attributes:
        connect_seconds: For a connection, and again for its TLS handshake.
        silence_seconds: Longest wait for the next bytes.
        total_seconds: Longest exchange, so that a slow drip ends too.
        body_bytes: Largest body, before its content coding is removed.
        events: Most events.
        redirects: Most hops followed.
    """

    connect_seconds: float = 10.0
    silence_seconds: float = 60.0
    total_seconds: float = 600.0
    body_bytes: int = 128 * 1024 * 1024
    events: int = 100_000
    redirects: int = 10
