"""A server on loopback that streams events and gives pictures, in threads, scripted by its paths."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from typing import Any

from conformance.samples import event, final, picture, picture_bytes, preview
from conformance.stream.payload import Json

__all__ = ["GivePicture", "PictureServer", "jpeg", "serving_pictures"]

GivePicture = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class PictureServer:
    """What it streams, what it gives, and what it was asked.

    Attributes:
        names: The pictures its events show, one an event, the last of them final; may be whole URLs.
        give: Answers a GET.
        pause_seconds: Before each event and before the end.
        origin: Where it listens.
        asked: The GETs it got, path and headers.
        is_streaming: Whether a stream is open at this moment.
    """

    names: tuple[str, ...]
    give: GivePicture
    pause_seconds: float
    origin: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    is_streaming: bool = False

    @property
    def url(self) -> str:
        return f"{self.origin}/stream"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def events(self) -> Iterator[bytes]:
        images: list[Json] = [
            picture(url=name if "://" in name else f"{self.origin}/{name}", width=None, height=None)
            for name in self.names
        ]
        for step, image in enumerate(images[:-1], start=1):
            yield event(preview(step, len(images), image=image))
        yield event(final(images=images[-1:]))


def jpeg(handler: BaseHTTPRequestHandler) -> None:
    """A good answer."""
    answer(handler, 200, picture_bytes())


def answer(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, content_type: str = "image/jpeg", **headers: str
) -> None:
    handler.send_response(status)
    for name, value in {"content-type": content_type, "content-length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def serving_pictures(
    *names: str,
    give: GivePicture = jpeg,
    pause_seconds: float = 0.15,
    host: str = "127.0.0.1",
    one_at_a_time: bool = False,
) -> Iterator[PictureServer]:
    """Serve for the block, each request in a thread of its own or one after the other."""
    served = PictureServer(names=names, give=give, pause_seconds=pause_seconds)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["content-length"]))
            if not _is_valid(asked):
                answer(self, 422, b'{"detail": [{"msg": "no prompt"}]}', "application/json")
                return
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("cache-control", "no-cache")
            self.end_headers()
            served.is_streaming = True
            for data in served.events():
                time.sleep(served.pause_seconds)
                self.wfile.write(data)
                self.wfile.flush()
            time.sleep(served.pause_seconds)
            served.is_streaming = False

        def do_GET(self) -> None:
            if self.path == "/stream":
                answer(self, 405, b'{"detail": "POST"}', "application/json", allow="POST")
                return
            served.asked.append((self.path, dict(self.headers.items())))
            served.give(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            return

    server = (HTTPServer if one_at_a_time else _ThreadedServer)((host, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    served.origin = f"http://{host}:{server.server_port}"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _ThreadedServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave are part of these tests."""


def _is_valid(body: bytes) -> bool:
    try:
        asked = json.loads(body)
    except ValueError:
        return False
    return isinstance(asked, dict) and isinstance(asked.get("prompt"), str)
