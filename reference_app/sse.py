"""The encoder of Server-Sent Events: one JSON object an event, in pure ASCII.

Source: WHATWG HTML, 9.2.5 "Parsing an event stream". Three choices on top of it:

- ASCII only, because some clients decode each network read by itself and destroy a character cut in two.
- No `id`, `event` or `retry` fields. The fal clients ignore event names, and one of them turns the blank line after a
  comment into an empty event once any `id` was seen.
- Not-a-number and infinity are refused: Python's parser reads them and JavaScript's does not.
"""

import json
from collections.abc import Mapping
from typing import Any

MEDIA_TYPE = "text/event-stream"
# `no-transform` keeps a proxy from compressing, hence buffering, the stream; nginx listens to the other one only.
HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


def encode_comment(text: str) -> bytes:
    """The bytes of a comment, which no client shows to its user. The text has no line break."""
    return f": {text}\n\n".encode("ascii")


def encode_event(payload: Mapping[str, Any]) -> bytes:
    """The bytes of one event.

    Raises:
        ValueError: a number is not finite.
        TypeError: a value has no JSON form.
    """
    text = json.dumps(payload, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return b"data: " + text.encode("ascii") + b"\n\n"
