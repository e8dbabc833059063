"""What goes wrong with a stream, in the words of its row."""

import socket
import ssl

from load.stream_row import Outcome

__all__ = ["StreamFailure", "timed_out", "truncated", "unreachable"]


class StreamFailure(Exception):  # noqa: N818 - what an endpoint did, not an error of ours
    """A stream failed. Locust's table of failures shows its text, so the text must not vary by itself.

    Attributes:
        outcome: Which kind of failure.
        detail: One line for people.
    """

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(f"{outcome.value}: {detail}" if detail else outcome.value)
        self.outcome = outcome
        self.detail = detail


def unreachable(error: BaseException) -> StreamFailure:
    """No connection was made, for this reason."""
    return StreamFailure(Outcome.UNREACHABLE, _reason(error))


def truncated(where: str) -> StreamFailure:
    """The connection closed ``where``, such as ``before the response head``."""
    return StreamFailure(Outcome.TRUNCATED, f"the connection closed {where}")


def timed_out(detail: str) -> StreamFailure:
    """Nothing came, or not all of it in time."""
    return StreamFailure(Outcome.TIMED_OUT, detail)


def _reason(error: BaseException) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"TLS certificate refused ({error.verify_message})"
        case ssl.SSLError():
            return f"TLS failed ({error.reason})"
        case socket.gaierror():
            return "host name not found"
        case TimeoutError():
            return "no connection within the longest wait"
        case OSError() if error.strerror:
            return error.strerror.lower()
    return "no connection was made"
