"""A page that shows the stream as it arrives: static files, without a build step and without other hosts."""

from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

__all__ = ["PATH", "PlaygroundFiles", "serve_playground"]

PATH = "/playground"
_FOLDER = Path(__file__).parent / "page"
_HEADERS = {
    # Pictures come as data URIs; everything else comes from where the page came from.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # A deployed change must be seen at once; the files are small and have ETags.
    "Cache-Control": "no-cache",
}


class PlaygroundFiles(StaticFiles):
    """The page's files, with headers that keep it to itself."""

    def __init__(self) -> None:
        super().__init__(directory=_FOLDER, html=True)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file (ASGI)."""
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        return response


def serve_playground(app: FastAPI) -> None:
    """Serve the page at `/playground/`; it asks the `/stream` and `/openapi.json` beside it."""
    app.mount(PATH, PlaygroundFiles(), name="playground")
