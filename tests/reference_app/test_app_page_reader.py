"""The page's own reader of event streams, in a real browser: any cut, any line break, any ending."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from reference_app.app import StreamSDXL
from reference_app.pipelines.simulated import SimulatedPipeline
from reference_app.playground import serve_playground
from tests.chromium import chromium
from tests.reference_app.browser import Tab, new_tab

pytestmark = pytest.mark.slow

TEXT = ': waiting, position 2\n\nid: 7\nevent: x\ndata: {"a":\ndata:1}\nretry: 5\n\ndata\n\nevent: no\n\ndata: é€😀\n\n'
ITEMS = [{"comment": "waiting, position 2"}, {"data": '{"a":\n1}'}, {"data": ""}, {"data": "é€😀"}]
READ = """
async (streams) => {
  const { eventsOf } = await import("./event-stream.js");
  const read = async (chunks) => {
    const body = new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new Uint8Array(chunk));
        controller.close();
      },
    });
    const items = [];
    for await (const item of eventsOf(body)) items.push(item);
    return items;
  };
  return Promise.all(streams.map(read));
}
"""


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with chromium() as browser, new_tab(browser) as tab:
        yield tab


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_every_cut_gives_the_same_events(serve: Callable[..., Any], tab: Tab, line_break: str) -> None:
    """Cut in two at each byte, cut at all of them, or whole with a byte order mark: the events are the same."""
    tab.open(serve(SimulatedPipeline(step_seconds=0.0)).url)
    stream = TEXT.replace("\n", line_break).encode()
    cut_in_two = [[list(stream[:at]), list(stream[at:])] for at in range(1, len(stream))]
    byte_by_byte = [[byte] for byte in stream]
    marked = [list(b"\xef\xbb\xbf" + stream)]

    read = tab.page.evaluate(READ, [*cut_in_two, byte_by_byte, marked])

    assert [items for items in read if items != ITEMS] == []
    assert len(read) == len(stream) + 1


def test_an_event_without_its_blank_line_is_no_event(serve: Callable[..., Any], tab: Tab) -> None:
    """As the standard says: what the end of the body cuts off is dropped."""
    tab.open(serve(SimulatedPipeline(step_seconds=0.0)).url)

    assert tab.page.evaluate(READ, [[list(b"data: 1\n\ndata: 2\n")]]) == [[{"data": "1"}]]


@pytest.fixture
def replay() -> Iterator[Callable[..., str]]:
    """Serve the page beside a stream of these bytes, each byte in a write of its own."""
    stops: list[Callable[[], None]] = []

    def start(stream: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(_byte_by_byte(stream), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()

        def stop() -> None:
            server.should_exit = True
            thread.join(10)

        stops.append(stop)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for stop in stops:
        stop()


def _byte_by_byte(stream: bytes) -> FastAPI:
    app = FastAPI(openapi_url=None)
    document = StreamSDXL(_allow_init=True).openapi()

    async def pieces() -> AsyncIterator[bytes]:
        for byte in stream:
            yield bytes([byte])
            await asyncio.sleep(0)

    @app.get("/openapi.json")
    async def openapi() -> dict[str, Any]:
        return document

    @app.post("/stream")
    async def answer() -> StreamingResponse:
        return StreamingResponse(pieces(), media_type="text/event-stream")

    serve_playground(app)
    return app


def _recorded(serve: Callable[..., Any]) -> bytes:
    """A small stream of the reference app."""
    endpoint = serve(SimulatedPipeline(step_seconds=0.0))
    body = {"prompt": "é", "num_inference_steps": 3, "preview_every_steps": 1, "width": 64, "height": 64}
    body["min_preview_interval_seconds"] = 0
    stream: bytes = endpoint.client.post(f"{endpoint.url}/stream", json=body).content
    return stream


@pytest.mark.parametrize("line_break", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_stream_cut_at_every_byte_is_shown_whole(
    serve: Callable[..., Any], replay: Callable[..., str], tab: Tab, line_break: bytes
) -> None:
    """Over a socket, one byte a write: every preview and the picture are there."""
    recorded = _recorded(serve)
    events = [json.loads(block.removeprefix(b"data: ")) for block in recorded.split(b"\n\n") if block]
    tab.complaints.clear()
    tab.open(replay(recorded.replace(b"\n", line_break)))
    tab.generate()
    tab.wait_for_status("Done in")

    assert tab.count("#filmstrip [data-kind=preview]") == len(events) - 1
    assert tab.text("#seed") == str(events[-1]["seed"])
    assert tab.complaints == []


def test_a_stream_without_its_final_event_did_not_succeed(
    serve: Callable[..., Any], replay: Callable[..., str], tab: Tab
) -> None:
    """However politely the body ends, the page says what is missing."""
    previews, _, _ = _recorded(serve).rpartition(b'data: {"final"')
    tab.open(replay(previews))
    tab.generate()
    tab.wait_for_status("Failed after step")

    assert tab.text("#problem") == "The stream ended without a final event, so the generation did not succeed."


def test_a_server_without_a_schema_is_told(replay: Callable[..., str], tab: Tab) -> None:
    """Without `openapi.json` there is no form, and the page says why."""
    tab.page.route("**/openapi.json", lambda route: route.fulfill(status=404))
    tab.page.goto(f"{replay(b'')}/playground/")
    tab.page.locator("#problem").wait_for()

    assert tab.text("#problem") == "The fields of the request, openapi.json, cannot be read: the server answered 404."
    tab.page.unroute("**/openapi.json")
