"""Apps that put their pictures behind URLs: real frameworks, fetched while they stream."""

import asyncio
import io
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from conformance.catalogue import Verdict
from conformance.examination import check_endpoint
from conformance.judging.report import Report
from tests.end_to_end.servers.fastapi_streaming import Input
from tests.end_to_end.servers.story import PROMPT, Beat, Members, final, painting, preview, unfinished
from tests.end_to_end.servers.uvicorn_thread import under_uvicorn

pytestmark = pytest.mark.slow

STEPS = 4
UPLOAD_SECONDS = 1.0


def application(*, waits_for_upload: bool) -> FastAPI:
    """Pictures are uploaded in a second each, before or after their event; signed, and given by a CDN."""
    app, files = FastAPI(), dict[str, bytes]()

    async def upload(name: str, share: float) -> None:
        await asyncio.sleep(UPLOAD_SECONDS if share == 1 else UPLOAD_SECONDS / 10)
        file = io.BytesIO()
        (painting() if share == 1 else unfinished(share)).save(file, "PNG")
        files[name] = file.getvalue()

    async def events(origin: str) -> AsyncIterator[bytes]:
        uploads = []
        for step in range(1, STEPS + 1):
            name = f"{step}.png"
            uploads.append(asyncio.create_task(upload(name, step / STEPS)))
            if waits_for_upload:
                await uploads[-1]
            await asyncio.sleep(0.2)
            image: Members = {"url": f"{origin}/files/{name}?sig=0123456789abcdef", "content_type": "image/png"}
            yield Beat(payload=preview(step, STEPS, image) if step < STEPS else final(image)).wire
        await asyncio.gather(*uploads)

    @app.post("/stream")
    async def stream(body: Input, request: Request) -> StreamingResponse:
        origin = f"http://{request.headers['host']}"
        headers = {"cache-control": "no-cache"}
        return StreamingResponse(events(origin), headers=headers, media_type="text/event-stream")

    @app.get("/files/{name}")
    def redirect(name: str) -> RedirectResponse:
        return RedirectResponse(f"/cdn/{name}", status_code=302)

    @app.get("/cdn/{name}")
    def give(name: str) -> Response:
        if name not in files:
            return Response("no such file", status_code=404, media_type="text/plain")
        return Response(files[name], media_type="image/png")

    return app


def check(url: str) -> Report:
    return check_endpoint(url, payload={"prompt": PROMPT}, fetch_results=True)


def said(report: Report) -> tuple[Verdict, str]:
    result = next(result for result in report.results if result.rule.id == "I08")
    return result.verdict, result.reason or " / ".join(finding.message for finding in result.findings)


def test_an_app_that_waits_for_its_uploads_is_right() -> None:
    """Signed URLs, a redirect to the files, no HEAD: every picture is there with its event."""
    with under_uvicorn(application(waits_for_upload=True)) as origin:
        report = check(f"{origin}/stream")
    assert said(report) == (Verdict.PASSED, "")
    assert [item.probe for item in report.transcripts].count("picture_fetch") == STEPS


def test_an_app_that_uploads_in_the_background_is_not() -> None:
    """Its final picture is announced a second before it is there."""
    with under_uvicorn(application(waits_for_upload=False)) as origin:
        verdict, message = said(check(f"{origin}/stream"))
    assert verdict is Verdict.FAILED
    assert message == f"images[0].url is answered with 404, expected 200 ({origin}/files/4.png)"
