"""What the application says of itself: for fal's Playground, and for whoever writes a client."""

from typing import Any

import pytest

from reference_app.app import StreamSDXL
from reference_app.events import ErrorType
from reference_app.outcome import Failure
from reference_app.refusal import refusal


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    document: dict[str, Any] = StreamSDXL(_allow_init=True).openapi()
    return document


@pytest.fixture(scope="module")
def fields(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]["GenerationInput"]["properties"]
    return found


def test_the_stream_is_described_as_a_stream_of_events(document: dict[str, Any]) -> None:
    """200 is `text/event-stream`, and each event is one of three."""
    content = document["paths"]["/stream"]["post"]["responses"]["200"]["content"]
    event = document["components"]["schemas"]["StreamEvent"]

    assert content == {"text/event-stream": {"schema": {"$ref": "#/components/schemas/StreamEvent"}}}
    assert [branch["$ref"].split("/")[-1] for branch in event["oneOf"]] == ["PreviewEvent", "FinalEvent", "ErrorEvent"]


def test_the_plain_route_is_described_as_the_final_event(document: dict[str, Any]) -> None:
    """`/` answers with the object that ends a stream."""
    content = document["paths"]["/"]["post"]["responses"]["200"]["content"]

    assert content == {"application/json": {"schema": {"$ref": "#/components/schemas/FinalEvent"}}}


@pytest.mark.parametrize("path", ["/", "/stream"])
def test_every_refusal_is_described(document: dict[str, Any], path: str) -> None:
    """Whatever a generation may fail of before its first event has a status in the document, as has a wrong field."""
    failures = [refusal(Failure(type=kind, message=""), "request") for kind in ErrorType]
    statuses = {str(getattr(failure, "status_code", 500)) for failure in failures} | {"422"}

    assert statuses - set(document["paths"][path]["post"]["responses"]) == set()


def test_fals_marks_of_order_cover_our_events_too(document: dict[str, Any]) -> None:
    """The order of members is marked for fal's Playground, also of what was added after FastAPI."""
    schemas = document["components"]["schemas"]

    assert document["x-fal-order-paths"] == list(document["paths"])
    assert schemas["PreviewEvent"]["x-fal-order-properties"] == ["step", "total_steps", "progress", "image"]


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    """Every `$ref` names a schema that is there."""
    assert set(_references(document)) - set(document["components"]["schemas"]) == set()


def test_the_playground_shows_first_what_people_change(fields: dict[str, Any]) -> None:
    """Required and important fields are in the main form, the prompt first; one field is for programs alone."""
    important = [name for name, field in fields.items() if field.get("ui", {}).get("important")]
    hidden = [name for name, field in fields.items() if field.get("ui", {}).get("hidden")]

    assert next(iter(fields)) == "prompt"
    assert important == ["negative_prompt", "width", "height"]
    assert hidden == ["min_preview_interval_seconds"]


def test_every_number_has_bounds(fields: dict[str, Any]) -> None:
    """With both bounds the Playground draws a slider, and no request is without end."""
    numbers = [_typed(field) for field in fields.values()]
    unbounded = [n for n in numbers if n.get("type") in {"integer", "number"} and not {"minimum", "maximum"} <= set(n)]

    assert unbounded == []


def test_every_field_has_an_example(fields: dict[str, Any]) -> None:
    """Each is one that the field itself takes, as the validation of the whole shows."""
    from reference_app.generation_input import GenerationInput

    examples = {name: field["examples"] for name, field in fields.items()}
    for index in range(2):
        GenerationInput(**{name: some[index % len(some)] for name, some in examples.items()})


def _typed(field: dict[str, Any]) -> dict[str, Any]:
    """The branch of a field that is not null."""
    branches: list[dict[str, Any]] = field.get("anyOf", [field])
    return branches[0]


def _references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [name for item in part for name in _references(item)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"].split("/")[-1]] if isinstance(part.get("$ref"), str) else []
    return own + [name for item in part.values() for name in _references(item)]
