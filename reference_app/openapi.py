"""The OpenAPI entry of `/stream`, which FastAPI cannot derive from a streaming route: the events, and the refusals.

OpenAPI has a word for the items of an event stream, `itemSchema`, from 3.2 on. FastAPI writes 3.1, fal's Playground
reads it, and validators of 3.1 refuse that word. So the schema of one event stands where a JSON body's would,
and the description says that each event's `data` is what it speaks of.
"""

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from reference_app.events import ErrorEvent, FinalEvent, PreviewEvent
from reference_app.sse import MEDIA_TYPE

__all__ = ["describe_answers"]

_EVENTS = (PreviewEvent, FinalEvent, ErrorEvent)
_SCHEMAS = "#/components/schemas"
# FastAPI's own schema for a `detail` list of `loc`, `msg` and `type`, which is fal's form for every refusal.
_DETAIL_LIST = {"application/json": {"schema": {"$ref": f"{_SCHEMAS}/HTTPValidationError"}}}
_REFUSALS = {
    "409": "Too many generations wait already (`queue_full`).",
    "499": "The generation was cancelled before its first event (`cancelled`).",
    "500": "The generation failed before its first event (`internal_error`, `shutting_down`).",
}
# fal's own answer, with a text for a `detail`.
_OUT_OF_MEMORY = {
    "description": "The GPU ran out of memory, or was lost, before the first event; fal takes another runner."
}


def describe_answers(app: FastAPI) -> None:
    """Have the application's OpenAPI document say what `/stream` and `/` answer."""
    fal_openapi = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            # FastAPI keeps this document; fal then marks the order of all that is in it, our events included.
            _complete(FastAPI.openapi(app))
        return fal_openapi()

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: dict[str, Any]) -> None:
    _, definitions = models_json_schema(
        [(model, "serialization") for model in _EVENTS], ref_template=f"{_SCHEMAS}/{{model}}"
    )
    event = {
        "title": "StreamEvent",
        "description": "What the `data` of one event holds: previews, then the final event or an error event.",
        "oneOf": [{"$ref": f"{_SCHEMAS}/{model.__name__}"} for model in _EVENTS],
    }
    document["components"]["schemas"].update(definitions["$defs"], StreamEvent=event)
    responses = {path: document["paths"][path]["post"]["responses"] for path in ("/stream", "/")}
    responses["/stream"]["200"] = {
        "description": "Server-sent events. The `data` of each is one JSON object of this schema.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_SCHEMAS}/StreamEvent"}}},
    }
    for answers in responses.values():
        answers.update({status: _refusal(text) for status, text in _REFUSALS.items()})
        answers["503"] = _OUT_OF_MEMORY


def _refusal(description: str) -> dict[str, Any]:
    return {"description": description, "content": _DETAIL_LIST}
