"""What an event means to a load test, found without paying for the pixels it carries."""

import json
from enum import Enum
from typing import Any

from conformance.core import ServerSentEvent

__all__ = ["EventKind", "error_text", "kind_of"]

_ERROR_TEXT_CHARACTERS = 120
_URI_START = '"data:'


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


def kind_of(event: ServerSentEvent) -> EventKind:
    """What the event means. Its pictures are recognised, not decoded."""
    if event.event == "error":
        return EventKind.ERROR
    try:
        payload = _parse(event.data)
    except (ValueError, RecursionError):
        return EventKind.MALFORMED
    if isinstance(payload, dict) and payload.get("error"):
        return EventKind.ERROR
    return EventKind.PICTURE if _holds_picture(payload) else EventKind.OTHER


def error_text(event: ServerSentEvent) -> str:
    """What an error event says, in one short line."""
    text: object = event.data
    try:
        payload = json.loads(event.data)
    except (ValueError, RecursionError):
        payload = None
    if isinstance(payload, dict):
        text = next((payload[key] for key in ("error", "message", "detail") if payload.get(key)), text)
    line = " ".join(str(text).split())
    return line if len(line) <= _ERROR_TEXT_CHARACTERS else line[: _ERROR_TEXT_CHARACTERS - 1] + "…"


def _parse(data: str) -> Any:
    shortened = _without_data_uris(data)
    try:
        return json.loads(shortened)
    except ValueError:
        if len(shortened) == len(data):
            raise
        return json.loads(data)


def _without_data_uris(data: str) -> str:
    # A preview is one data URI of tens of kilobytes in a little JSON; finding its closing quote costs a
    # hundredth of parsing it. A guess that goes wrong breaks the JSON, and then the whole of it is parsed.
    pieces: list[str] = []
    start = 0
    while (uri := data.find(_URI_START, start)) >= 0:
        uri += len(_URI_START)
        close = data.find('"', uri)
        if close < 0 or data[uri - len(_URI_START) - 1 : uri - len(_URI_START)] == "\\":
            break
        pieces.append(data[start:uri])
        start = close
    pieces.append(data[start:])
    return "".join(pieces)


def _holds_picture(payload: Any) -> bool:
    pending = [payload]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            content_type = value.get("content_type")
            if (
                isinstance(content_type, str)
                and content_type.lower().startswith("image/")
                and isinstance(value.get("url"), str)
            ):
                return True
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return False
