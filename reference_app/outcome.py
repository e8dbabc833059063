"""What a generation leaves in its mailbox: previews on the way, and one outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PIL.Image import Image

from reference_app.events import ErrorType, Timings


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A state of the picture that somebody may want to see.

    Attributes:
        step: denoising steps done.
        total_steps: denoising steps in the whole generation.
        draw: draws the state. It costs time, so only a preview that will be sent is drawn.
    """

    step: int
    total_steps: int
    draw: Callable[[], Image]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The outcome of a generation that succeeded.

    Attributes:
        images: the finished pictures.
        timings: where the time went.
    """

    images: list[Image]
    timings: Timings


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The outcome of a generation that did not.

    Attributes:
        type: one word for a program.
        message: one sentence for a person; nothing about the server.
        cause: what was raised, or None where nothing was.
    """

    type: ErrorType
    message: str
    cause: Exception | None = None


Outcome = Drawn | Failure


class Ending(StrEnum):
    """How a generation ended, in the log and in the metrics: in the words of `ErrorType`, and two more."""

    FINISHED = "finished"
    CLIENT_GONE = "client_gone"
    CANCELLED = ErrorType.CANCELLED.value
    INTERNAL_ERROR = ErrorType.INTERNAL_ERROR.value
    OUT_OF_MEMORY = ErrorType.OUT_OF_MEMORY.value
    QUEUE_FULL = ErrorType.QUEUE_FULL.value
    SHUTTING_DOWN = ErrorType.SHUTTING_DOWN.value
