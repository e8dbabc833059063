"""A model of OpenAI's Python client, the package openai 3.54: ``images.generate(stream=True)`` and its iteration.

It keeps to the standard's line endings, insists on UTF-8, makes an event of every block with a name, an id or a time,
stops at data that begins with ``[DONE]``, and raises where a payload has an ``error`` (the tests compare it with the
package).
"""

import json
import re
from collections.abc import Iterator

from conformance.clients.reading import Reading
from conformance.core import Transcript
from conformance.stream.payload import Json

__all__ = ["read_with_openai_python"]

_LINE_END = re.compile(rb"\r\n|\r|\n")


def read_with_openai_python(answer: Transcript) -> Reading:
    """Read an answer as a loop over the client's stream does."""
    head = answer.head
    if head is None:
        raise LookupError("no response came")
    if not 200 <= head.status < 300:
        return Reading.raising(f"APIStatusError: status {head.status}")
    events: list[Json] = []
    try:
        for data in _data(answer.body):
            if data.startswith("[DONE]"):
                return Reading(events=tuple(events))
            events.append(_event(data))
    except (ValueError, RecursionError, _ApiError) as error:
        name = "APIError" if isinstance(error, _ApiError) else type(error).__name__
        return Reading.raising(f"{name}: {error}", events)
    return Reading.to_the_end(answer, events, broken="APIConnectionError: Connection error.")


class _ApiError(Exception):
    """The payload of an event reports an error."""


def _data(body: bytes) -> Iterator[str]:
    """The data of each block that is finished and not empty, an identifier once given counted in every one."""
    data: list[str] = []
    has_id = has_trace = False
    # What follows the last line ending is a line too, but no blank line can follow it.
    for line in (raw.decode("utf-8") for raw in _LINE_END.split(body)[:-1]):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data or has_id or has_trace:
                yield "\n".join(data)
            data, has_trace = [], False
        elif name == "data":
            data.append(value)
        elif name == "id" and "\0" not in value:
            has_id = bool(value)
        elif name == "event":
            has_trace = has_trace or bool(value)
        elif name == "retry":
            has_trace = has_trace or _is_integer(value)


def _event(data: str) -> Json:
    payload: Json = json.loads(data)
    if isinstance(payload, dict) and payload.get("error"):
        error = payload["error"]
        message = error.get("message") if isinstance(error, dict) else None
        raise _ApiError(message if message and isinstance(message, str) else "An error occurred during streaming")
    return payload


def _is_integer(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True
