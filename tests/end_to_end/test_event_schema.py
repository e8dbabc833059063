"""What the reference app says of its events in OpenAPI, read by the suite's ``--schema``."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.core import ServerSentEvent
from conformance.stream.payload import Json, parse_payload
from conformance.stream.schema import EventSchema, parse_event_schema
from reference_app.app import StreamSDXL
from reference_app.pipelines.protocol import Pipeline
from reference_app.pipelines.simulated import SimulatedPipeline
from tests.end_to_end.conftest import ServeApp

PICTURE = {"url": "data:image/jpeg;base64,/9j/", "content_type": "image/jpeg", "width": 8, "height": 8}
PREVIEW = {"step": 1, "total_steps": 2, "progress": 0.5, "image": PICTURE}
FINAL = {
    "final": True,
    "images": [PICTURE],
    "seed": 1,
    "prompt": "a",
    "timings": {"queue_seconds": 0.0, "inference_seconds": 1.0},
}
ERROR = {"error": {"message": "It failed.", "type": "internal_error", "request_id": "r"}}


class QuickApp(StreamSDXL):
    """The reference app, drawing in a second and a half."""

    def load_pipeline(self) -> Pipeline[Any]:
        return SimulatedPipeline(step_seconds=0.05)


@pytest.fixture(scope="module")
def document() -> str:
    return json.dumps(StreamSDXL(_allow_init=True).openapi())


@pytest.fixture(scope="module")
def schema(document: str) -> EventSchema:
    return parse_event_schema(document, name="openapi.json")


def _matches(schema: EventSchema, event: Json) -> bool:
    data = json.dumps(event)
    return schema.mismatch(ServerSentEvent(data=data), parse_payload(data)) is None


@pytest.mark.parametrize("event", [PREVIEW, FINAL, ERROR], ids=["preview", "final", "error"])
def test_every_kind_of_event_matches(schema: EventSchema, event: Json) -> None:
    """The schema is found without a pointer, and knows all three."""
    assert _matches(schema, event)


@pytest.mark.parametrize(
    ("event", "path", "value"),
    [
        (PREVIEW, ("step",), 0),
        (PREVIEW, ("progress",), 1.5),
        (PREVIEW, ("image", "width"), "8"),
        (PREVIEW, ("image", "url"), "/previews/1.jpg"),
        (FINAL, ("final",), False),
        (FINAL, ("images",), []),
        (FINAL, ("seed",), 2**53),
        (FINAL, ("timings",), None),
        (ERROR, ("error",), "It failed."),
        (ERROR, ("error", "type"), "bad_luck"),
    ],
    ids=str,
)
def test_a_broken_event_does_not_match(schema: EventSchema, event: Any, path: tuple[str, ...], value: Json) -> None:
    """A wrong value, or a member that is missing, is seen wherever it is."""
    *above, name = path
    broken, lacking = copy.deepcopy(event), copy.deepcopy(event)
    _member(broken, above)[name] = value
    del _member(lacking, above)[name]

    assert [_matches(schema, broken), _matches(schema, lacking)] == [False, False]


def _member(root: Any, path: list[str]) -> Any:
    for step in path:
        root = root[step]
    return root


def test_the_apps_own_stream_matches_its_own_document(serve_app: ServeApp, document: str, tmp_path: Path) -> None:
    """`check --schema openapi.json` is green, strictly; with a document that asks for more it is not."""
    schema, saved = tmp_path / "openapi.json", tmp_path / "saved"
    asking_more = json.loads(document)
    asking_more["components"]["schemas"]["PreviewEvent"]["required"].append("mood")

    schema.write_text(document, "utf-8")
    url = f"{serve_app(QuickApp)}/stream"
    assert _exit_code("check", url, "--schema", str(schema), "--strict", "--save", str(saved)) == 0

    schema.write_text(json.dumps(asking_more), "utf-8")
    assert _exit_code("judge", *map(str, saved.glob("*.jsonl")), "--schema", str(schema), "--strict") == 1


def _exit_code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    return int(ending.value.code or 0)
