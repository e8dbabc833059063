"""Fact 5: what an exception in the middle of a fal.App's stream looks like from outside."""

from collections.abc import Iterator

import fal
import pytest
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from conformance.clients.reading import ReadingEnd
from conformance.core import Ending
from conformance.examination import check_endpoint
from tests.clients.fal_js import ask_with_fal_js
from tests.end_to_end.conftest import ServeApp

pytestmark = pytest.mark.slow


class Input(BaseModel):
    prompt: str


class FailsMidway(fal.App):
    """As fal documents a streaming app, with a pipeline that raises."""

    @fal.endpoint("/stream")
    def stream(self, body: Input) -> StreamingResponse:
        def events() -> Iterator[str]:
            yield 'data: {"step": 1}\n\n'
            raise RuntimeError("CUDA out of memory")

        return StreamingResponse(events(), media_type="text/event-stream")


def test_fact_5_an_exception_in_a_fal_app_is_a_clean_end_to_every_client(serve_app: ServeApp) -> None:
    """Status 200, the zero chunk, and done() resolves with a preview."""
    url = f"{serve_app(FailsMidway)}/stream"
    [read] = ask_with_fal_js(url, [{"prompt": "a red disc"}])
    recorded = check_endpoint(url, payload={"prompt": "a red disc"}).transcripts[0]
    assert (read.reading.end, read.value) == (ReadingEnd.FINISHED, {"step": 1})
    assert recorded.end.ending is Ending.COMPLETE
