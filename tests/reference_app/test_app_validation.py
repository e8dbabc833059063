from collections.abc import Callable
from typing import Any

import pytest

from reference_app.pipelines.simulated import SimulatedPipeline


@pytest.fixture
def post(serve: Callable[..., Any]) -> Callable[..., Any]:
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))

    def send(body: Any, *, path: str = "/stream", method: str = "POST") -> Any:
        content = body if isinstance(body, str) else None
        return endpoint.client.request(
            method,
            f"{endpoint.url}{path}",
            content=content,
            json=None if content is not None else body,
            headers={"content-type": "application/json"},
        )

    return send


@pytest.mark.parametrize("path", ["/stream", "/"])
@pytest.mark.parametrize(
    "change",
    [
        {"prompt": ""},
        {"prompt": None},
        {"prompt": 7},
        {"prompt": "x" * 2001},
        {"num_inference_steps": 0},
        {"num_inference_steps": 101},
        {"width": 65},
        {"width": 56},
        {"height": 10**30},
        {"guidance_scale": -1},
        {"seed": -1},
        {"seed": 2**53},
        {"preview_every_steps": 0},
        {"min_preview_interval_seconds": 11},
        {"num_images": 0},
        {"num_images": 5},
        {"preview_size": 63},
        {"preview_size": 1025},
        {"output_format": "gif"},
        {"num_inference_step": 20},
    ],
    ids=str,
)
def test_bad_input_is_refused_before_the_stream_begins(
    post: Callable[..., Any], change: dict[str, Any], path: str
) -> None:
    """The answer is 422 with a detail that names the field."""
    response = post({"prompt": "a", **change}, path=path)

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/json"
    assert {error["loc"][-1] for error in response.json()["detail"]} == set(change)


@pytest.mark.parametrize(
    "body", ["{", "", "null", "[]", '"text"', '{"prompt": "\\ud800"}', '{"prompt": "a", "guidance_scale": NaN}']
)
def test_a_body_that_is_not_a_request_is_the_callers_fault(post: Callable[..., Any], body: str) -> None:
    """Malformed JSON and JSON of another shape are 422, never a 5xx."""
    assert post(body).status_code == 422


def test_the_stream_is_only_there_for_post(post: Callable[..., Any]) -> None:
    """GET is refused, with the allowed method in the head."""
    response = post({}, method="GET")

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


def test_every_field_of_input_and_output_is_described() -> None:
    """Nothing in the schema leaves a reader guessing."""
    from reference_app import events, generation_input

    models = [
        generation_input.GenerationInput,
        events.PreviewEvent,
        events.FinalEvent,
        events.ErrorEvent,
        events.ErrorDetail,
        events.Picture,
        events.Timings,
        events.Cancellation,
    ]
    undescribed = [
        f"{model.__name__}.{name}"
        for model in models
        for name, field in model.model_fields.items()
        if not field.description
    ]

    assert undescribed == []
