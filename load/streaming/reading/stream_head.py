"""What a response's head says about a stream before its first event."""

from load.stream_row import Outcome
from load.streaming.reading.stream_failure import StreamFailure
from load.streaming.reading.stream_reader import ResponseHead

__all__ = ["check_head"]


def check_head(head: ResponseHead) -> None:
    """Return when an event stream follows.

    Raises:
        StreamFailure: None follows.
    """
    if head.status != 200:
        error_type = head.fields.get("x-fal-error-type", "")
        raise StreamFailure(Outcome.HTTP_STATUS, f"{head.status} {error_type}".strip())
    content_type = head.fields.get("content-type")
    if (content_type or "").partition(";")[0].strip().lower() != "text/event-stream":
        found = "missing" if content_type is None else repr(content_type)
        raise StreamFailure(Outcome.WRONG_CONTENT_TYPE, f"Content-Type is {found}, expected 'text/event-stream'")
    coding = head.fields.get("content-encoding", "").lower() or "identity"
    if coding != "identity":
        raise StreamFailure(
            Outcome.MALFORMED, f"Content-Encoding is {coding!r}, although only 'identity' was asked for"
        )
