"""The reference app's stream, read by fal's official clients as they are installed: fal_client and @fal-ai/client."""

from pathlib import Path
from typing import Any, Literal

import pytest
import trustme

from conformance.clients.reading import ReadingEnd
from reference_app.app import StreamSDXL
from reference_app.pipelines.protocol import Pipeline
from reference_app.pipelines.simulated import SimulatedPipeline
from tests.clients.fal_client_process import ask_with_fal_client
from tests.clients.fal_js import ask_with_fal_js, iterate_with_fal_js
from tests.end_to_end.conftest import ServeApp

pytestmark = pytest.mark.slow

INPUT: dict[str, Any] = {"prompt": "a lighthouse", "seed": 7, "num_inference_steps": 11}
STEPS_WITH_PREVIEW = [1, 6, 11]


class QuickApp(StreamSDXL):
    """The application, drawing in half a second."""

    def load_pipeline(self) -> Pipeline[Any]:
        """A pipeline with set timings."""
        return SimulatedPipeline(step_seconds=0.05)


@pytest.fixture(scope="module")
def url(serve_app: ServeApp) -> str:
    """The stream."""
    return f"{serve_app(QuickApp)}/stream"


@pytest.mark.parametrize("twin", ["sync", "async"])
def test_fal_client_gets_every_preview_and_the_final(
    twin: Literal["sync", "async"], serve_app: ServeApp, tmp_path: Path
) -> None:
    """`fal_client.stream` and its async twin, which insist on TLS, yield every event and end without an error."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    url = f"{serve_app(QuickApp, certificate=tmp_path / 'server.pem')}/stream"
    [reading] = ask_with_fal_client(url, [INPUT], ca_file=str(tmp_path / "ca.pem"), twin=twin)
    assert reading.error == ""
    assert_whole(list(reading.events))


def test_fal_js_listeners_get_every_preview_and_done_is_the_final(url: str) -> None:
    """`done()` of @fal-ai/client resolves with the final event, not with a preview."""
    [answer] = ask_with_fal_js(url, [INPUT])
    assert answer.reading.end is ReadingEnd.FINISHED
    assert answer.value == answer.reading.events[-1]
    assert_whole(list(answer.reading.events))


def test_fal_js_iterates_over_every_preview_and_the_final(url: str) -> None:
    """`for await` of @fal-ai/client gives the same events, and the process ends well."""
    events, exit_code = iterate_with_fal_js(url, INPUT)
    assert exit_code == 0
    assert_whole(events)


def assert_whole(events: list[Any]) -> None:
    """Each preview with its step, then the one marked result of what was asked."""
    assert [event.get("step") for event in events] == [*STEPS_WITH_PREVIEW, None]
    assert [event.get("final") for event in events] == [None, None, None, True]
    assert (events[-1]["seed"], events[-1]["prompt"]) == (INPUT["seed"], INPUT["prompt"])
