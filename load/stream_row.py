"""One stream of a run: its instants and how it ended. Metrics and objectives are computed from these rows."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["Outcome", "StreamRow"]


class Outcome(Enum):
    """How a stream ended; for one that failed, the first cause seen."""

    COMPLETE = "complete"
    """The body ended as its framing says, and carried at least one picture."""
    CUT_SHORT = "cut short"
    """We hung up, most often because the run was over. It tells nothing about the endpoint."""
    UNREACHABLE = "unreachable"
    """No connection was made: refused, name not found, no route, TLS failed."""
    HTTP_STATUS = "HTTP status"
    """The status was not 200. Redirects count, since a key would travel with them."""
    WRONG_CONTENT_TYPE = "wrong content type"
    """The answer was not ``text/event-stream``."""
    ERROR_EVENT = "error event"
    """The stream itself reported an error."""
    TRUNCATED = "truncated"
    """The connection closed before the body was over."""
    NO_FINAL = "no final"
    """The body ended well, but carried no picture at all."""
    MALFORMED = "malformed"
    """Not HTTP, not an event stream, an event that is not JSON, or one that is too large."""
    TIMED_OUT = "timed out"
    """Nothing arrived for the longest wait."""

    @property
    def is_failure(self) -> bool:
        """Whether the endpoint fell short."""
        return self not in (Outcome.COMPLETE, Outcome.CUT_SHORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRow:
    """What was seen of one stream. Instants are nanoseconds on the generator's monotonic clock.

    Attributes:
        planned_ns: When the stream was due. In a closed workload that is when it was sent.
        sent_ns: Just before the request was handed to the HTTP client. A user's first stream opens a
            connection, and that time counts.
        head_ns: When the response head was in; None when none came.
        event_ns: When the read that completed each event returned.
        pictures: Which of the events carry a picture, by index.
        end_ns: When the body ended, or the failure was seen.
        body_bytes: How much of the body was read.
        status: The HTTP status, or None when no head came.
        outcome: How it ended.
        detail: One line about a failure, for people.
    """

    planned_ns: int
    sent_ns: int
    head_ns: int | None = None
    event_ns: tuple[int, ...] = ()
    pictures: tuple[int, ...] = ()
    end_ns: int
    body_bytes: int = 0
    status: int | None = None
    outcome: Outcome
    detail: str = ""

    @property
    def picture_ns(self) -> tuple[int, ...]:
        """When each picture arrived, the final included."""
        return tuple(self.event_ns[index] for index in self.pictures)

    @property
    def final_ns(self) -> int | None:
        """When the final arrived: the last picture of a complete stream.

        fal marks a final in no other way than by its place (docs.fal.ai, "Streaming").
        """
        return self.picture_ns[-1] if self.outcome is Outcome.COMPLETE else None

    @property
    def preview_ns(self) -> tuple[int, ...]:
        """When each preview arrived: every picture but the final."""
        return self.picture_ns[:-1] if self.outcome is Outcome.COMPLETE else self.picture_ns
