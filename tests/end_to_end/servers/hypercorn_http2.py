"""hypercorn over TLS, which agrees on HTTP/2 with whoever offers it."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trustme
from hypercorn.asyncio import serve as run_hypercorn
from hypercorn.config import Config

from tests.end_to_end.servers.fastapi_streaming import NO_CACHE, application
from tests.end_to_end.servers.story import Story


@contextmanager
def serve(story: Story, folder: Path, *, headers: Mapping[str, str] = NO_CACHE) -> Iterator[tuple[str, str]]:
    """Give the URL and the file of the authority that signed its certificate.

    Args:
        story: What it tells.
        folder: Where certificates may be written.
        headers: Of the stream; hypercorn sends them as they are, connection-specific ones too.
    """
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    # hypercorn closes the socket that it is given by number.
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.certfile = config.keyfile = str(folder / "server.pem")
    config.errorlog = config.accesslog = None
    with _running(application(story, headers), config):
        yield f"https://localhost:{port}/stream", str(folder / "ca.pem")


@contextmanager
def _running(app: Any, config: Config) -> Iterator[None]:
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    started = threading.Event()

    async def run() -> None:
        loop.call_soon(started.set)
        await run_hypercorn(app, config, shutdown_trigger=_trigger(stop), mode="asgi")

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


def _trigger(stop: asyncio.Event) -> Callable[[], Awaitable[Any]]:
    return stop.wait
