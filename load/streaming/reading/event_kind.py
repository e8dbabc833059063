"""What an event means to a load test, found without paying for the pixels it carries."""

import json
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

import msgspec

from conformance.core import EncodedEvent

__all__ = ["EventContent", "EventKind", "content_of", "error_text"]

_ERROR_TEXT_CHARACTERS = 120
_URI_START = b'"data:'
_STEP_KEYS = ("step", "current_step", "steps_done", "iteration")
_TOTAL_KEYS = ("total_steps", "num_steps", "num_inference_steps", "steps", "total")


class EventKind(Enum):
    """What an event means to a load test."""

    PICTURE = "picture"
    """Its JSON holds, at any depth, an object with a ``url`` and a ``content_type`` of ``image/…``."""
    ERROR = "error"
    """Its type is ``error``, or its JSON is an object whose ``error`` is not empty."""
    OTHER = "other"
    """Any other JSON: progress, logs, timings."""
    MALFORMED = "malformed"
    """Its data is not JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContent:
    """What an event says.

    Attributes:
        kind: What it means.
        step: How many steps are done, or None when it does not say.
        total_steps: How many there are, likewise.
    """

    kind: EventKind
    step: int | None = None
    total_steps: int | None = None


_ERROR = EventContent(kind=EventKind.ERROR)
_MALFORMED = EventContent(kind=EventKind.MALFORMED)
_DECODER = msgspec.json.Decoder()


def content_of(event: EncodedEvent) -> EventContent:
    """What the event says. Its pictures are recognised, not decoded."""
    if event.event == "error":
        return _ERROR
    try:
        payload = _parse(event)
    except (ValueError, RecursionError):
        return _MALFORMED
    if isinstance(payload, dict) and payload.get("error"):
        return _ERROR
    has_picture, step, total_steps = False, None, None
    # Outer ones first.
    pending = [payload]
    for value in pending:
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            pending += value.values()
            has_picture = has_picture or _is_picture(value)
            if step is None:
                step = _count(value, _STEP_KEYS)
                # Beside the step, and nowhere else: a payload that is echoed has steps of its own.
                total_steps = None if step is None else _count(value, _TOTAL_KEYS)
    return _content(has_picture, step, total_steps)


# Streams of one endpoint say the same few things.
@lru_cache(maxsize=1024)
def _content(has_picture: bool, step: int | None, total_steps: int | None) -> EventContent:
    kind = EventKind.PICTURE if has_picture else EventKind.OTHER
    return EventContent(kind=kind, step=step, total_steps=total_steps)


def error_text(event: EncodedEvent) -> str:
    """What an error event says, in one short line."""
    data = event.decoded().data
    text: object = data
    try:
        payload = json.loads(data)
    except (ValueError, RecursionError):
        payload = None
    # Some say it in a string, others in an object that has the string among other things.
    for _ in range(2):
        if isinstance(payload, dict):
            text = payload = next((payload[key] for key in ("error", "message", "detail") if payload.get(key)), text)
    line = " ".join(str(text).split())
    return line if len(line) <= _ERROR_TEXT_CHARACTERS else line[: _ERROR_TEXT_CHARACTERS - 1] + "…"


def _parse(event: EncodedEvent) -> Any:
    try:
        return _DECODER.decode(_without_data_uris(event.source, event.start, event.end))
    except ValueError:
        # What Python's parser takes beyond the standard, such as NaN, others take as well.
        return json.loads(event.decoded().data)


def _without_data_uris(source: bytes, start: int, end: int) -> bytes:
    # A preview is one data URI of tens of kilobytes in a little JSON; finding its closing quote costs a
    # hundredth of parsing it. A guess that goes wrong breaks the JSON, and then the whole of it is parsed.
    pieces: list[bytes] = []
    while (uri := source.find(_URI_START, start, end)) >= 0:
        uri += len(_URI_START)
        close = source.find(b'"', uri, end)
        if close < 0 or source.startswith(b"\\", uri - len(_URI_START) - 1):
            break
        pieces.append(source[start:uri])
        start = close
    pieces.append(source[start:end])
    return b"".join(pieces)


def _is_picture(value: dict[str, Any]) -> bool:
    content_type = value.get("content_type")
    is_image = isinstance(content_type, str) and content_type.lower().startswith("image/")
    return is_image and isinstance(value.get("url"), str)


def _count(value: dict[str, Any], keys: tuple[str, ...]) -> int | None:
    for key in keys:
        number = value.get(key)
        if type(number) is int and number >= 0:
            return number
    return None
