"""What a hostile endpoint cannot make the recorder exceed."""

from dataclasses import dataclass

from conformance.core import StreamBounds

__all__ = ["RecordingLimits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingLimits(StreamBounds):
    """Bounds of one exchange; the recorder stops at the first it reaches and says which.

    To the bounds of a body, before its content coding is removed, come those of time.

    Attributes:
        connect_seconds: For a connection, and again for its TLS handshake.
        silence_seconds: Longest wait for the next bytes.
        total_seconds: Longest exchange, so that a slow drip ends too.
        redirects: Most hops followed.
        bytes_before_event: How much is read of an answer that is left at its first event, before that came; a
            refusal has none.
    """

    connect_seconds: float = 10.0
    silence_seconds: float = 60.0
    total_seconds: float = 600.0
    redirects: int = 10
    bytes_before_event: int = 16 * 1024 * 1024
