"""Any ASGI application under uvicorn, in a thread of this process."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import uvicorn

Parser = Literal["h11", "httptools"]


@contextmanager
def under_uvicorn(application: Any, *, parser: Parser = "h11") -> Iterator[str]:
    """Serve it on a free port and give its origin."""
    config = uvicorn.Config(application, http=parser, ws="none", lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
