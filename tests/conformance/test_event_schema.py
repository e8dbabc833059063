"""Schemas that events must match: alone, in OpenAPI documents, hostile ones, and what they say of an event."""

import json
import re
import socket
import time
from collections.abc import AsyncIterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from conformance.core import ServerSentEvent, UsageError
from conformance.stream.payload import Json, parse_payload
from conformance.stream.schema import EventSchema, Mismatch, parse_event_schema

STEP = {"type": "object", "required": ["step"], "properties": {"step": {"type": "integer"}}}


def schema(document: object, pointer: str = "") -> EventSchema:
    return parse_event_schema(json.dumps(document), name="schema.json", pointer=pointer)


def compared(found: EventSchema, data: str, **fields: Any) -> Mismatch | None:
    return found.mismatch(ServerSentEvent(data=data, **fields), parse_payload(data))


def openapi(*streams: tuple[str, object], version: str = "3.2.0", **components: object) -> dict[str, object]:
    """A document whose paths answer with event streams, each declared as given."""
    paths = {
        path: {"post": {"responses": {"200": {"content": {"text/event-stream": declared}}}}}
        for path, declared in streams
    }
    return {"openapi": version, "paths": paths, "components": {"schemas": components}}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"step": 1}, None),
        ({"step": "1"}, Mismatch(path="$.step", said='"1" was read, expected type "integer"')),
        ({}, Mismatch(path="$", said="'step' is a required property")),
        ({"step": 1.5}, Mismatch(path="$.step", said='1.5 was read, expected type "integer"')),
    ],
)
def test_a_payload_is_compared(payload: Json, expected: Mismatch | None) -> None:
    """Where it differs, what was read, and what was expected."""
    assert compared(schema(STEP), json.dumps(payload)) == expected


def test_a_long_value_is_quoted_short() -> None:
    """A picture does not fill the report."""
    found = compared(
        schema({"properties": {"url": {"format": "uri", "maxLength": 9}}}), json.dumps({"url": "x" * 10**6})
    )
    assert found is not None
    assert len(found.said) < 150


def test_fastapi_describes_its_events(recwarn: pytest.WarningsRecorder) -> None:
    """The document that FastAPI writes for a stream is read as it is."""
    from fastapi import FastAPI
    from fastapi.sse import EventSourceResponse
    from pydantic import BaseModel

    class Preview(BaseModel):
        step: int

    app = FastAPI()

    async def stream() -> AsyncIterable[Preview]:
        yield Preview(step=1)

    app.post("/stream", response_class=EventSourceResponse)(stream)
    found = schema(app.openapi())
    assert compared(found, '{"step": 1}', event="preview", last_event_id="7", retry=3000) is None
    assert compared(found, '{"step": "1"}') == Mismatch(
        path="$.data.step", said='"1" was read, expected type "integer"'
    )
    assert compared(found, "no JSON") is not None


def test_an_item_schema_may_describe_the_payload_itself() -> None:
    """Without a member `data` it can mean nothing else."""
    found = schema(openapi(("/stream", {"itemSchema": {"$ref": "#/components/schemas/Step"}}), Step=STEP))
    assert (compared(found, '{"step": 1}'), compared(found, "{}") is None) == (None, False)


@pytest.mark.parametrize("declared", [{"schema": STEP}, {"schema": {"type": "array", "items": STEP}}])
def test_a_schema_of_the_response_describes_an_event(declared: object) -> None:
    """OpenAPI 3.1 has no itemSchema."""
    found = schema(openapi(("/generate", declared), version="3.1.0"))
    assert (compared(found, '{"step": 1}'), compared(found, "{}") is None) == (None, False)


def test_of_several_streams_the_one_called_stream_is_meant() -> None:
    """The others are for something else."""
    other = {"itemSchema": {"type": "object", "required": ["token"]}}
    found = schema(openapi(("/chat", other), ("/app/stream", {"itemSchema": STEP})))
    assert compared(found, '{"step": 1}') is None


def test_a_pointer_chooses_a_schema() -> None:
    """Also in a document that declares no stream, as fal's."""
    document = {"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"Step": STEP}}}
    found = schema(document, "/components/schemas/Step")
    assert (compared(found, '{"step": 1}'), compared(found, "{}") is None) == (None, False)


def test_a_response_may_be_a_reference() -> None:
    """As reusable responses are written."""
    document = openapi()
    document["paths"] = {"/s": {"get": {"responses": {"default": {"$ref": "#/components/responses/Events"}}}}}
    document["components"] = {
        "responses": {"Events": {"content": {"text/event-stream; charset=utf-8": {"itemSchema": STEP}}}}
    }
    assert compared(schema(document), "{}") is not None


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "schema.json is not a JSON Schema, or an OpenAPI document as JSON: no object"),
        ({"type": "strin"}, 'schema.json: at $.type, "strin" was read'),
        ({"properties": {"a": {"pattern": "("}}}, 'at $.properties.a.pattern, "(" was read, expected format'),
        (
            {"$ref": "https://example.com/a.json"},
            "'https://example.com/a.json' leads nowhere within it, and",
        ),
        ({"properties": {"a": {"$ref": "other.json#/a"}}}, "'other.json#/a' leads nowhere"),
        ({"$ref": "#/$defs/Nope"}, "'/$defs/Nope' leads nowhere"),
        ({"$ref": "#"}, "schema.json refers to itself without end"),
        ({"openapi": "3.0.3", "paths": {}}, "openapi is '3.0.3', expected 3.1 or 3.2"),
        ({"openapi": 3, "paths": []}, "openapi is 3, expected 3.1 or 3.2"),
        (openapi(), "declares no schema for a text/event-stream response; name that of an event: --schema 'FILE#"),
        (openapi(("/s", {"schema": {"type": "string"}})), "declares no schema for a text/event-stream response"),
        (openapi(("/s", {"schema": {}})), "declares no schema for a text/event-stream response"),
        (
            openapi(("/a", {"itemSchema": STEP}), ("/b~c", {"itemSchema": STEP})),
            "event-stream/itemSchema', 'FILE#/paths/~1b~0c/post/responses/200/content/text~1event-stream/itemSchema'",
        ),
    ],
)
def test_what_is_no_schema_is_refused(document: object, said: str) -> None:
    """Before anything is sent, with the place or with the choices."""
    with pytest.raises(UsageError, match=re.escape(said)):
        schema(document)


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither when the schema is read nor when it is used."""
    opened: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *address: opened.append(address))
    with pytest.raises(UsageError):
        schema({"properties": {"a": {"$ref": "http://127.0.0.1:1/a.json"}}})
    assert opened == []


def test_a_hostile_list_is_compared_in_time() -> None:
    """The library would compare 20,000 objects two by two."""
    items = [{"a": number} for number in range(20_000)]
    found = schema({"properties": {"items": {"uniqueItems": True}}})
    began = time.monotonic()
    assert compared(found, json.dumps({"items": items})) is None
    assert compared(found, json.dumps({"items": [*items, {"a": 1}]})) is not None
    assert time.monotonic() - began < 5


def test_a_payload_nested_too_deeply_is_a_mismatch_and_no_crash() -> None:
    """A recursive schema follows a hostile payload down, to an end."""
    nested = '{"a": ' * 500 + "1" + "}" * 500
    found = compared(schema({"properties": {"a": {"$ref": "#"}}}), nested)
    assert found == Mismatch(path="$", said="is nested too deeply to be compared")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=8,
)
_SCHEMAS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["object", "array", "string", "integer"]),
        "required": st.lists(st.sampled_from("ab"), max_size=2, unique=True),
        "properties": st.dictionaries(st.sampled_from("ab"), st.sampled_from([{}, {"type": "string"}, {"minimum": 2}])),
        "uniqueItems": st.booleans(),
        "maxItems": st.integers(0, 2),
        "enum": st.lists(st.sampled_from(["a", 1, None]), min_size=1, max_size=2),
    },
)


@given(_SCHEMAS, _VALUES)
def test_our_verdict_is_the_library_s(document: dict[str, Any], value: Json) -> None:
    """What is our own (unique items, the choice of one fault) changes no verdict."""
    is_valid = Draft202012Validator(document).is_valid(value)
    assert (compared(schema(document), json.dumps(value)) is None) == is_valid
