"""What every event must match: a JSON Schema, by itself or within an OpenAPI document.

Nothing is fetched: a reference that leads out of the document is refused when the schema is read. The library
that compares is imported with the first schema, since most checks have none.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from conformance.core import ServerSentEvent, UsageError
from conformance.stream.openapi import stream_schema
from conformance.stream.payload import Json, Payload, parse_payload

if TYPE_CHECKING:
    from jsonschema import SchemaError, ValidationError
    from jsonschema.protocols import Validator
    from referencing import Registry, Resource

__all__ = ["EventSchema", "Mismatch", "parse_event_schema"]

_BASE = "urn:event-schema"
# Of an event with more faults than this, the most telling one among the first of them is told.
_MOST_FAULTS = 20
_SHOWN_CHARACTERS = 80
# Their messages name members alone; the others quote the whole value, which may be a picture.
_SPEAKING_KEYWORDS = frozenset({"required", "additionalProperties", "unevaluatedProperties", "dependentRequired"})
# The library gives its class no public name.
_Resolver = Any
_PLAIN_DATA = frozenset({"const", "enum", "default", "example", "examples"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One place where an event differs from the schema.

    Attributes:
        path: Where, as a JSON path: ``$.image.width``.
        said: What was read against what was expected.
    """

    path: str
    said: str


@dataclass(frozen=True, eq=False, kw_only=True)
class EventSchema:
    """A schema that is ready to be compared with.

    Attributes:
        describes_events: Whether it speaks of an event with ``data``, ``event``, ``id`` and ``retry``, as OpenAPI
            3.2 does of a ``text/event-stream``; if not, of the payload.
        validator: What compares.
    """

    describes_events: bool
    validator: "Validator"

    def mismatch(self, event: ServerSentEvent, payload: Payload) -> Mismatch | None:
        """The most telling place where an event differs, or None where it matches."""
        from jsonschema.exceptions import best_match

        instance = _members(event) if self.describes_events else payload.value
        try:
            error = best_match(islice(self.validator.iter_errors(instance), _MOST_FAULTS))
        except RecursionError:
            return Mismatch(path="$", said="is nested too deeply to be compared")
        return Mismatch(path=error.json_path, said=_said(error)) if error is not None else None


def parse_event_schema(text: str, *, name: str, pointer: str = "") -> EventSchema:
    """Read a schema.

    Args:
        text: A JSON Schema, or an OpenAPI 3.1 or 3.2 document, as JSON.
        name: What messages call it.
        pointer: A JSON pointer to the schema of an event within it; empty for the whole schema, or for what an
            OpenAPI document declares of its event stream.

    Raises:
        UsageError: It is not JSON, no valid schema, refers to something outside, or declares no one event stream.
    """
    document = parse_payload(text)
    if document.error is not None or not isinstance(document.value, dict):
        problem = f"{document.error} (at character {document.error_position})" if document.error else "no object"
        raise UsageError(f"{name} is not a JSON Schema, or an OpenAPI document as JSON: {problem}")
    if "openapi" in document.value and not pointer:
        pointer = stream_schema(document.value, name)
    return _compiled(document.value, pointer, name)


def _compiled(document: dict[str, Json], pointer: str, name: str) -> EventSchema:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import extend, validator_for
    from referencing.exceptions import Unresolvable

    own: Any = {"contentSchema": _content_schema, "uniqueItems": _unique_items}
    dialect = validator_for(document, default=Draft202012Validator)
    checker: type[Validator] = extend(dialect, own)  # type: ignore[no-untyped-call]
    registry = _registry(document)
    root = registry.resolver(_BASE)
    try:
        target = root.lookup(f"{_BASE}#{pointer}")
        for schema in _reachable(target.contents, target.resolver, set()):
            checker.check_schema(schema)
        describes_events = "data" in _property_names(target.contents, target.resolver, set())
    except Unresolvable as error:
        raise UsageError(f"{name}: {error.ref!r} leads nowhere within it, and nothing is fetched") from error
    except SchemaError as error:
        raise UsageError(f"{name}: at {error.json_path}, {_said(error)}") from error
    except RecursionError as error:
        raise UsageError(f"{name} is nested too deeply") from error
    validator = checker({"$ref": f"{_BASE}#{pointer}"}, registry=registry)
    return _tried(EventSchema(describes_events=describes_events and "openapi" in document, validator=validator), name)


def _tried(schema: EventSchema, name: str) -> EventSchema:
    """The schema, if a comparison with it comes to an end."""
    tried = schema.mismatch(ServerSentEvent(data="{}"), Payload(value={}))
    if tried is not None and "nested too deeply" in tried.said:
        raise UsageError(f"{name} refers to itself without end")
    return schema


def _registry(document: dict[str, Json]) -> "Registry[Any]":
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012, specification_with

    dialect = document.get("$schema")
    specification = specification_with(dialect, default=DRAFT202012) if isinstance(dialect, str) else DRAFT202012
    resource: Resource[Any] = specification.create_resource(document)
    # One of our own, since the library's default registry fetches what it does not know.
    registry: Registry[Any] = Registry().with_resource(_BASE, resource)
    return registry


def _reachable(schema: Any, resolver: _Resolver, seen: set[int]) -> Iterator[Any]:
    """The schema and every schema that it refers to, each once.

    Raises:
        Unresolvable: A reference leads nowhere.
    """
    if id(schema) in seen:
        return
    seen.add(id(schema))
    yield schema
    for reference in _references(schema):
        found = resolver.lookup(reference)
        yield from _reachable(found.contents, found.resolver, seen)


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in ("$ref", "$dynamicRef") and isinstance(value, str):
                yield value
            elif key not in _PLAIN_DATA:
                yield from _references(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _references(item)


def _property_names(schema: Any, resolver: _Resolver, seen: set[int]) -> frozenset[str]:
    """Names of the members that a schema speaks of at its top, through references and alternatives."""
    if not isinstance(schema, dict) or id(schema) in seen:
        return frozenset()
    seen.add(id(schema))
    names = frozenset(schema.get("properties", {}))
    if "$ref" in schema:
        found = resolver.lookup(schema["$ref"])
        names |= _property_names(found.contents, found.resolver, seen)
    alternatives = (branch for keyword in ("allOf", "anyOf", "oneOf") for branch in schema.get(keyword, []))
    return names.union(*(_property_names(branch, resolver, seen) for branch in alternatives))


def _members(event: ServerSentEvent) -> dict[str, Json]:
    """An event as OpenAPI 3.2 describes it: only the fields that it has."""
    members: dict[str, Json] = {"data": event.data}
    if event.event != "message":
        members["event"] = event.event
    if event.last_event_id:
        members["id"] = event.last_event_id
    return members if event.retry is None else {**members, "retry": event.retry}


def _content_schema(
    validator: Any, wanted: Any, instance: Any, schema: Mapping[str, Any]
) -> "Iterator[ValidationError]":
    """Compare what a string holds: the standard leaves it to the application, which is us."""
    from jsonschema import ValidationError

    if not isinstance(instance, str) or "json" not in schema.get("contentMediaType", "application/json"):
        return
    payload = parse_payload(instance)
    if payload.error is not None:
        yield ValidationError(f"{payload.error} at character {payload.error_position}")
    else:
        yield from validator.descend(payload.value, wanted)


def _unique_items(validator: Any, wanted: Any, instance: Any, schema: Mapping[str, Any]) -> "Iterator[ValidationError]":
    """Compare each item once: the library compares objects two by two, minutes for a hostile list."""
    from jsonschema import ValidationError

    if not wanted or not isinstance(instance, list):
        return
    if len({json.dumps(item, sort_keys=True) for item in instance}) < len(instance):
        yield ValidationError("holds an item twice")


def _said(error: "SchemaError | ValidationError") -> str:
    if error.validator in _SPEAKING_KEYWORDS:
        return error.message
    return f"{_shown(error.instance)} was read, expected {error.validator} {_shown(error.validator_value)}"


def _shown(value: Any) -> str:
    text = json.dumps(value[:_SHOWN_CHARACTERS] if isinstance(value, str) else value, default=str)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 3]}..."
