"""One stream of a run: its instants and how it ended. Metrics and objectives are computed from these rows."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["Outcome", "StepMark", "StreamRow"]


class Outcome(Enum):
    """How a stream ended; for one that failed, the first cause seen."""

    COMPLETE = "complete"
    """The body ended as its framing says, and carried a picture that is not marked as unfinished."""
    LEFT = "left"
    """The scenario hung up on purpose. It tells how far the stream had come, and nothing about its end."""
    CUT_SHORT = "cut short"
    """The run was over before the stream was. It tells nothing about the endpoint."""
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
    """The body ended well, but without a picture, or its last picture says that steps are missing."""
    MALFORMED = "malformed"
    """Not HTTP, not an event stream, an event that is not JSON, one that is too large, a picture that is none."""
    STALLED = "stalled"
    """Events had come, and then nothing for the longest wait."""
    TIMED_OUT = "timed out"
    """No event came within the longest wait, or the stream outlasted the longest stream."""

    @property
    def is_failure(self) -> bool:
        """Whether the endpoint fell short."""
        return self not in (Outcome.COMPLETE, Outcome.LEFT, Outcome.CUT_SHORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMark:
    """What an event says about denoising.

    Attributes:
        event: The event, by index.
        step: How many steps are done.
        total_steps: How many there are, or None when the event does not say.
    """

    event: int
    step: int
    total_steps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRow:
    """What was seen of one stream.

    Instants are nanoseconds since the start of the run, on the monotonic clock of the worker that read the stream:
    two instants of one row may be subtracted, and so may those of rows of one worker. Between workers they agree
    only as far as the start of the run reached all of them at once.

    Attributes:
        worker: Which generator process read it; empty where there is one.
        group: Which part of a scenario it belongs to, such as ``previews off``; empty where there is one part.
        is_warm_up: Whether it was sent to warm up, and is not measured.
        planned_ns: When the stream was due. In a closed workload that is when its user began it.
        started_ns: When a user took it on. Later than planned is the generator's fault, never the endpoint's.
        sent_ns: Just before the request's first byte was written, on an open connection.
        head_ns: When the response head was in; None when none came.
        event_ns: When the read that completed each event returned.
        kernel_ns: When the kernel received each event's last byte; empty where it does not say.
        pictures: Which of the events carry a picture, by index.
        picture_bytes: How large the data of each of those events is.
        steps: What events say about denoising, in order.
        similarity: How like the last picture each picture is, from 0 to 1, the last included; empty for streams
            whose pictures were not looked at.
        end_ns: When the body ended, or the failure was seen.
        body_bytes: How much of the body was read.
        status: The HTTP status, or None when no head came.
        outcome: How it ended.
        detail: One line about a failure, for people.
    """

    worker: str = ""
    group: str = ""
    is_warm_up: bool = False
    planned_ns: int
    started_ns: int
    sent_ns: int
    head_ns: int | None = None
    event_ns: tuple[int, ...] = ()
    kernel_ns: tuple[int, ...] = ()
    pictures: tuple[int, ...] = ()
    picture_bytes: tuple[int, ...] = ()
    steps: tuple[StepMark, ...] = ()
    similarity: tuple[float, ...] = ()
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
