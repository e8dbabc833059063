"""Where an OpenAPI document says what the events of a stream look like."""

from collections.abc import Iterator
from typing import Any

from conformance.core import UsageError
from conformance.stream.payload import Json

__all__ = ["stream_schema"]

_VERSIONS = ("3.1", "3.2")
_METHODS = ("post", "get", "put", "patch", "delete", "query")


def stream_schema(document: dict[str, Json], name: str) -> str:
    """The JSON pointer to the schema of one event of the document's event stream.

    Taken is ``itemSchema`` (OpenAPI 3.2) of a successful ``text/event-stream`` response, else the ``items`` of its
    ``schema``, else its ``schema``. Of several streams the one on a path that ends in ``/stream`` is meant.

    Raises:
        UsageError: The version is another, or there is no such response, or more than one.
    """
    version = document.get("openapi")
    if not isinstance(version, str) or not version.startswith(_VERSIONS):
        raise UsageError(f"{name}: openapi is {version!r}, expected {' or '.join(_VERSIONS)}, which use JSON Schema")
    found = dict(_streams(document))
    meant = [path for path in found if path.endswith("/stream")] if len(found) > 1 else list(found)
    if len(meant) == 1:
        return found[meant[0]]
    if not found:
        raise UsageError(
            f"{name} declares no schema for a text/event-stream response; name that of an event: "
            "--schema 'FILE#/components/schemas/NAME'"
        )
    choices = ", ".join(f"'FILE#{pointer}'" for pointer in found.values())
    raise UsageError(f"{name} declares several event streams; choose one: --schema {choices}")


def _streams(document: dict[str, Json]) -> Iterator[tuple[str, str]]:
    for path, item in _objects(document.get("paths")):
        for method, operation in _objects(item):
            if method in _METHODS:
                at = f"/paths/{_escaped(path)}/{method}/responses"
                yield from ((path, pointer) for pointer in _responses(document, operation, at))


def _responses(document: dict[str, Json], operation: dict[str, Any], at: str) -> Iterator[str]:
    for status, response in _objects(operation.get("responses")):
        if not (status.startswith("2") or status == "default"):
            continue
        reference = response.get("$ref")
        where = reference[1:] if isinstance(reference, str) else f"{at}/{status}"
        contents = _resolved(document, where) if isinstance(reference, str) else response
        for media_type, declared in _objects(contents.get("content")):
            if media_type.partition(";")[0].strip().lower() == "text/event-stream":
                yield from _item(declared, f"{where}/content/{_escaped(media_type)}")


def _item(declared: dict[str, Any], at: str) -> Iterator[str]:
    schema = declared.get("schema")
    if "itemSchema" in declared:
        yield f"{at}/itemSchema"
    elif isinstance(schema, dict) and "items" in schema:
        yield f"{at}/schema/items"
    # A string is the whole body, and says nothing of an event.
    elif isinstance(schema, dict) and schema and schema.get("type") != "string":
        yield f"{at}/schema"


def _resolved(document: Any, pointer: str) -> dict[str, Any]:
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def _objects(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield from ((name, child) for name, child in value.items() if isinstance(child, dict))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
