"""The words in which samples are written: good evidence by default, one thing bent at a time.

A stream of previews and a final picture, as a good endpoint sends it::

    stream(*good_events())

and one whose last event lost its blank line::

    stream(*good_events()[:-1], event(final()).rstrip())
"""

import base64
import io
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

from conformance.core import (
    Chunk,
    Ending,
    Headers,
    Phases,
    Request,
    ResponseHead,
    StreamEnd,
    Transcript,
)
from conformance.stream.payload import Json

__all__ = [
    "SSE_HEADERS",
    "answer",
    "documented_events",
    "event",
    "final",
    "good_events",
    "picture",
    "picture_bytes",
    "picture_url",
    "preview",
    "stream",
    "timed_stream",
]

_NS_PER_MS = 1_000_000
_URL = "http://127.0.0.1:8000/stream"

SSE_HEADERS: Headers = (
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-cache, no-transform"),
    ("x-accel-buffering", "no"),
    ("transfer-encoding", "chunked"),
)


@lru_cache(maxsize=256)
def picture_bytes(
    progress: float = 1.0,
    *,
    width: int = 32,
    height: int = 32,
    image_format: str = "JPEG",
    quality: int = 70,
    noise: float = 0.0,
    hue: int = 0,
) -> bytes:
    """An encoded picture: a coloured disc on a gradient that comes out of the grey as progress nears 1.

    Args:
        progress: 0 is plain grey, 1 the finished picture.
        width: Pixels across.
        height: Pixels down.
        image_format: A format name of Pillow's.
        quality: JPEG or WebP quality.
        noise: Share of each pixel that is (seeded) noise, 0 to 1.
        hue: Turns the colours, so that pictures of different hue differ.
    """
    import random

    from PIL import Image, ImageDraw

    size = (width, height)
    goal = Image.merge("RGB", [Image.linear_gradient("L").resize(size).point(_faded)] * 3)
    box = (width // 5, height // 5, width - width // 5, height - height // 5)
    ImageDraw.Draw(goal).ellipse(box, fill=(230, 60 + hue % 100, 40))
    shown = Image.blend(Image.new("RGB", size, (128, 128, 128)), goal, progress)
    grain = random.Random(f"{progress}/{hue}").randbytes(3 * width * height)  # noqa: S311 - no secret
    image = Image.blend(shown, Image.frombytes("RGB", size, grain), noise)
    file = io.BytesIO()
    image.save(file, image_format, quality=quality)
    return file.getvalue()


def _faded(brightness: int) -> int:
    return 40 + brightness // 2


def picture_url(data: bytes, media_type: str = "image/jpeg") -> str:
    """The bytes as a data URI."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def picture(data: bytes | None = None, **members: Json) -> dict[str, Json]:
    """A media object around a picture (the finished one by default), members changed or added.

    A member given as None is left out.
    """
    whole: dict[str, Json] = {
        "url": picture_url(picture_bytes() if data is None else data),
        "content_type": "image/jpeg",
        "width": 32,
        "height": 32,
        **members,
    }
    return {name: value for name, value in whole.items() if value is not None}


def preview(step: int = 1, total: int = 4, **members: Json) -> dict[str, Json]:
    """The payload of a good preview; a member given as None is left out."""
    whole: dict[str, Json] = {
        "step": step,
        "total_steps": total,
        "progress": step / total,
        "image": picture(picture_bytes(0.9 * step / total, quality=60)),
        **members,
    }
    return {name: value for name, value in whole.items() if value is not None}


def final(**members: Json) -> dict[str, Json]:
    """The payload of a good final event; a member given as None is left out."""
    whole: dict[str, Json] = {
        "final": True,
        "images": [picture(picture_bytes(quality=95))],
        "seed": 42,
        "prompt": "a red disc",
        "timings": {"inference": 1.9},
        **members,
    }
    return {name: value for name, value in whole.items() if value is not None}


def event(payload: Json) -> bytes:
    """A payload as the bytes of one event, as fal's documentation frames it."""
    return f"data: {json.dumps(payload)}\n\n".encode("ascii")


def good_events(previews: int = 4) -> list[bytes]:
    """Previews and a final, each event in its own bytes."""
    steps = (preview(step, previews) for step in range(1, previews + 1))
    return [*map(event, steps), event(final())]


def documented_events(previews: int = 4) -> list[bytes]:
    """Events as fal's documentation sends them: previews and final of one shape, no step, nothing marked."""
    shares = [step / (previews + 1) for step in range(1, previews + 2)]
    pictures = (picture_bytes(share, quality=95 if share == 1 else 70) for share in shares)
    return [event({"image": picture(data, width=None, height=None)}) for data in pictures]


def stream(
    *pieces: bytes,
    first_ms: int = 500,
    every_ms: int = 500,
    end_after_ms: int = 10,
    **changes: object,
) -> Transcript:
    """A recorded generation: one chunk a piece, evenly spaced in time.

    Args:
        pieces: The chunks of the body.
        first_ms: When the first chunk arrived.
        every_ms: Time between chunks.
        end_after_ms: Time from the last chunk to the end.
        changes: As for :func:`timed_stream`.
    """
    timed = [(first_ms + index * every_ms, piece) for index, piece in enumerate(pieces)]
    last_ms = timed[-1][0] if timed else first_ms
    return timed_stream(timed, end_ms=last_ms + end_after_ms, **changes)  # type: ignore[arg-type]


def timed_stream(
    pieces: Iterable[tuple[int, bytes]],
    *,
    end_ms: int,
    probe: str = "generation",
    status: int = 200,
    headers: Headers = SSE_HEADERS,
    http_version: str = "HTTP/1.1",
    head_ms: int = 20,
    ending: Ending = Ending.COMPLETE,
    masked_secrets: int = 0,
    payload: Mapping[str, Json] | None = None,
) -> Transcript:
    """A recorded exchange with every instant given in milliseconds."""
    return Transcript(
        probe=probe,
        request=Request(
            method="POST",
            url=_URL,
            headers=(("accept", "text/event-stream"), ("accept-encoding", "identity")),
            body=json.dumps(dict(payload or {"prompt": "a red disc"})).encode(),
        ),
        head=ResponseHead(status=status, http_version=http_version, headers=headers),
        chunks=tuple(Chunk(at_ns=at_ms * _NS_PER_MS, data=data) for at_ms, data in pieces),
        phases=Phases(
            resolved_ns=0,
            connected_ns=_NS_PER_MS,
            request_sent_ns=2 * _NS_PER_MS,
            head_ns=head_ms * _NS_PER_MS,
        ),
        end=StreamEnd(ending=ending, at_ns=end_ms * _NS_PER_MS),
        masked_secrets=masked_secrets,
    )


def answer(
    probe: str,
    status: int,
    body: Json | bytes = None,
    *,
    content_type: str = "application/json",
    headers: Headers = (),
) -> Transcript:
    """A recorded answer that is no stream: the bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return timed_stream(
        [(20, data)] if data else [],
        end_ms=21,
        probe=probe,
        status=status,
        headers=(("content-type", content_type), ("content-length", str(len(data))), *headers),
    )
