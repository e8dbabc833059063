"""What a response's head, or the lack of one, says about a stream before its first event."""

import socket
import ssl
from typing import Any

from geventhttpclient.response import HTTPParseError

from load.stream_row import Outcome
from load.streaming.stream_reader import StreamFailure

__all__ = ["check_head"]


def check_head(response: Any) -> None:
    """Return when an event stream follows.

    Args:
        response: What Locust's fast client returned: a response, or a stand-in that carries the error.

    Raises:
        StreamFailure: None follows.
    """
    if not response.status_code:
        raise _no_head(getattr(response, "error", None))
    if response.status_code != 200:
        error_type = response.headers.get("x-fal-error-type") or ""
        raise StreamFailure(Outcome.HTTP_STATUS, f"{response.status_code} {error_type}".strip())
    content_type = response.headers.get("content-type")
    if str(content_type or "").partition(";")[0].strip().lower() != "text/event-stream":
        found = "missing" if content_type is None else repr(content_type)
        raise StreamFailure(Outcome.WRONG_CONTENT_TYPE, f"Content-Type is {found}, expected 'text/event-stream'")
    coding = response.headers.get("content-encoding") or "identity"
    if coding != "identity":
        raise StreamFailure(
            Outcome.MALFORMED, f"Content-Encoding is {coding!r}, although only 'identity' was asked for"
        )


def _no_head(error: BaseException | None) -> StreamFailure:
    cause = error
    while cause is not None and not isinstance(cause, TimeoutError):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        return StreamFailure(Outcome.TIMED_OUT, "no response head came")
    if isinstance(error, HTTPParseError):
        if "connection closed" in str(error):
            return StreamFailure(Outcome.TRUNCATED, "the connection closed before the response head")
        return StreamFailure(Outcome.MALFORMED, "the response head is not valid HTTP")
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return StreamFailure(Outcome.TRUNCATED, "the connection was reset before the response head")
    return StreamFailure(Outcome.UNREACHABLE, _reason(error))


def _reason(error: BaseException | None) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS certificate refused ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed ({error.reason})"
    if isinstance(error, socket.gaierror):
        return "host name not found"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "no connection was made"
