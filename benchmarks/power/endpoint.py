"""A good endpoint: the steps it computes, what it sends of them, and when."""

import base64
import json
import random
from dataclasses import dataclass
from functools import lru_cache
from random import Random

__all__ = ["Course", "Endpoint", "Write", "event", "pinged"]

_PING = b": ping\n\n"
_PAD_CHARACTERS = 2_000_000
_LATEST_HEAD_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Bytes that the endpoint handed to its socket.

    Attributes:
        at_seconds: When, counted from the arrival of the request.
        data: The bytes.
    """

    at_seconds: float
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What an endpoint sends in one generation.

    Attributes:
        head_seconds: When the response head is sent, counted from the arrival of the request.
        writes: Its events in their order, the final one last; comments only once :func:`pinged`.
        end_seconds: When the stream is closed.
    """

    head_seconds: float
    writes: tuple[Write, ...]
    end_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What one endpoint is like; every limit of the rules holds where it writes.

    Attributes:
        steps: How many steps a generation has.
        step_seconds: The median time of a step.
        step_spread: The standard deviation of the logarithm of a step's time.
        hiccup_share: The share of steps that take three times as long (another tenant, a garbage collection).
        preview_seconds: The least time between two previews.
        steps_a_preview: A preview is considered after this many steps.
        encode_seconds: From the request to the first step.
        decode_seconds: From the last step to the final event.
        close_seconds: From the final event to the end of the stream.
        preview_bytes: The usual size of a preview.
        final_bytes: The size of the final event.
        has_early_head: Whether the head is sent at once, and not with the first event or after five seconds.
        tells_progress: Whether each step is told by an event without a picture.
        ping_seconds: A comment is sent when nothing was sent for so long.
    """

    steps: int
    step_seconds: float
    step_spread: float
    hiccup_share: float
    preview_seconds: float
    steps_a_preview: int
    encode_seconds: float
    decode_seconds: float
    close_seconds: float
    preview_bytes: int
    final_bytes: int
    has_early_head: bool
    tells_progress: bool
    ping_seconds: float

    @classmethod
    def drawn(cls, draw: Random) -> "Endpoint":
        """An endpoint as they are: from four steps of a turbo model to thirty of a video model on a small GPU."""
        preview_bytes = _between(draw.lognormvariate(10.3, 0.9), 5_000, 300_000)
        step_seconds = _between(draw.lognormvariate(-1.6, 1.1), 0.02, 2.5)
        return cls(
            steps=draw.randint(4, 30),
            step_seconds=step_seconds,
            step_spread=draw.choice((0.01, 0.05, 0.2)),
            hiccup_share=draw.choice((0.0, 0.0, 0.03)),
            preview_seconds=draw.choice((0.1, 0.1, 0.25, 0.5)),
            steps_a_preview=draw.choice((1, 1, 2, 5)) if step_seconds < 1 else 1,
            encode_seconds=_between(draw.lognormvariate(-1.5, 1.0), 0.01, 4.0),
            decode_seconds=_between(draw.lognormvariate(-1.5, 1.0), 0.01, 30.0),
            close_seconds=_between(draw.lognormvariate(-5.0, 1.5), 0.0, 0.5),
            preview_bytes=int(preview_bytes),
            final_bytes=int(preview_bytes * draw.uniform(1.5, 4.0)),
            has_early_head=draw.random() < 0.6,
            tells_progress=draw.random() < 0.3,
            ping_seconds=draw.choice((1.0, 5.0, 15.0, 15.0)),
        )

    def course(self, draw: Random, *, cold_seconds: float = 0.0) -> Course:
        """One generation.

        Args:
            draw: Where chance comes from.
            cold_seconds: How long the endpoint loads before it starts.
        """
        now = cold_seconds + self.encode_seconds * draw.lognormvariate(0, 0.1)
        writes, shown = [], float("-inf")
        for step in range(1, self.steps + 1):
            now += self._step(draw)
            if step % self.steps_a_preview == 0 and now - shown >= self.preview_seconds:
                shown = now
                size = int(self.preview_bytes * draw.lognormvariate(0, 0.2))
                writes.append(Write(at_seconds=now, data=event(draw, size, step=step)))
            elif self.tells_progress:
                writes.append(Write(at_seconds=now, data=event(draw, step=step)))
        now += self.decode_seconds * draw.lognormvariate(0, 0.1)
        writes.append(Write(at_seconds=now, data=event(draw, self.final_bytes, final=True)))
        head = 0.005 if self.has_early_head else min(writes[0].at_seconds, _LATEST_HEAD_SECONDS)
        return Course(head_seconds=head, writes=tuple(writes), end_seconds=now + self.close_seconds)

    def _step(self, draw: Random) -> float:
        hiccup = 3 if draw.random() < self.hiccup_share else 1
        return hiccup * self.step_seconds * draw.lognormvariate(0, self.step_spread)


def pinged(course: Course, after_seconds: float) -> Course:
    """The course with a comment wherever nothing was sent for so long since the head."""
    writes, last = [], course.head_seconds
    for write in course.writes:
        while write.at_seconds - last > after_seconds:
            last += after_seconds
            writes.append(Write(at_seconds=last, data=_PING))
        writes.append(write)
        last = write.at_seconds
    return Course(head_seconds=course.head_seconds, writes=tuple(writes), end_seconds=course.end_seconds)


def event(draw: Random, size_bytes: int = 0, **members: object) -> bytes:
    """One event; with a size it shows a picture, of which the bytes beside the link stand in for the pixels."""
    payload = dict(members)
    if size_bytes:
        # A link instead of a data URI, since nothing that is judged by time needs the pixels.
        payload["image"] = {"url": f"https://example.test/{draw.random()}.jpg", "content_type": "image/jpeg"}
        start = draw.randrange(_PAD_CHARACTERS - size_bytes)
        payload["pixels"] = _pad()[start : start + size_bytes]
    return f"data: {json.dumps(payload)}\n\n".encode("ascii")


@lru_cache(maxsize=1)
def _pad() -> str:
    """Text that compresses as badly as encoded pictures do."""
    return base64.b64encode(random.Random(0).randbytes(_PAD_CHARACTERS * 3 // 4)).decode("ascii")  # noqa: S311


def _between(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)
