"""aiohttp, the stream written by hand into a StreamResponse, with a name on each event."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from tests.end_to_end.servers.story import Story, objection


@contextmanager
def serve(story: Story) -> Iterator[str]:
    async def stream(request: web.Request) -> web.StreamResponse:
        refusal = objection(await request.read())
        if refusal is not None:
            return web.json_response(refusal, status=422)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "Connection": "keep-alive"}
        )
        await response.prepare(request)
        for beat in story:
            await asyncio.sleep(beat.after_seconds)
            name = (beat.payload or {}).get("type", "message")
            await response.write(b"event: %s\n%s" % (name.encode(), beat.wire))
        await response.write_eof()
        return response

    app = web.Application()
    app.router.add_post("/stream", stream)
    with _running(app) as origin:
        yield f"{origin}/stream"


@contextmanager
def _running(app: web.Application) -> Iterator[str]:
    loop, listening, ports = asyncio.new_event_loop(), threading.Event(), list[int]()

    async def start() -> web.AppRunner:
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        ports.append(runner.addresses[0][1])
        return runner

    def run() -> None:
        runner = loop.run_until_complete(start())
        listening.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert listening.wait(10)
    try:
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
