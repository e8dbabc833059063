"""How an exchange ended, read from what the layers below raised."""

import re

import httpcore

from conformance.core import Ending, ResponseHead
from conformance.recorders.limits import RecordingLimits
from conformance.recorders.wire_tap import NameNotFoundError, TlsError, WireLog

__all__ = ["natural_ending", "unnatural_ending"]

_POLITE_GOAWAY = re.compile(r"<ConnectionTerminated error_code:(0|ErrorCodes\.NO_ERROR)\b")


def natural_ending(head: ResponseHead | None) -> Ending:
    """The ending of a body that was read until there was no more of it."""
    has_framing = head is None or head.http_version == "HTTP/2" or head.status in (204, 304)
    for name in ("content-length", "transfer-encoding"):
        has_framing = has_framing or (head is not None and head.value(name) is not None)
    return Ending.COMPLETE if has_framing else Ending.CLOSED


def unnatural_ending(error: Exception, log: WireLog, limits: RecordingLimits) -> tuple[Ending, str]:
    """The ending that an error stands for, and one line for people."""
    if isinstance(error, NameNotFoundError):
        return Ending.UNREACHABLE, f"the name {str(error)!r} could not be resolved"
    if isinstance(error, TlsError):
        return Ending.TLS_FAILED, f"TLS failed: {error}"
    if isinstance(error, httpcore.ConnectTimeout):
        return Ending.UNREACHABLE, f"no connection within {limits.connect_seconds:g} s"
    if isinstance(error, httpcore.ConnectError):
        return Ending.UNREACHABLE, f"no connection: {_reason(error)}"
    if isinstance(error, httpcore.TimeoutException):
        return Ending.TIMED_OUT, f"nothing arrived for {limits.silence_seconds:g} s"
    if isinstance(error, httpcore.NetworkError):
        return Ending.RESET, f"the connection was reset: {_reason(error)}"
    if isinstance(error, httpcore.RemoteProtocolError):
        if _POLITE_GOAWAY.match(str(error)):
            # The server may still finish this stream (RFC 9113, section 6.8); httpcore does not wait for that.
            return Ending.ABANDONED, "the server announced the end of the connection (GOAWAY), and we left"
        if log.peer_closed:
            return Ending.TRUNCATED, "the connection was closed before the message was complete"
        is_reset = "StreamReset" in str(error)
        return (Ending.RESET if is_reset else Ending.PROTOCOL_ERROR), str(error)
    return Ending.PROTOCOL_ERROR, f"{type(error).__name__}: {error}"


def _reason(error: BaseException) -> str:
    """The operating system's own words; httpcore drops the cause and keeps it as its first argument."""
    inner = error.args[0] if error.args else None
    if isinstance(inner, BaseException):
        return _reason(inner)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
