"""Flask under werkzeug's threaded server, the stream a plain generator."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, request
from werkzeug.serving import make_server

from tests.end_to_end.servers.story import Story, objection


@contextmanager
def serve(story: Story) -> Iterator[str]:
    app = Flask(__name__)

    @app.post("/stream")
    def stream() -> Response | tuple[dict[str, object], int]:
        refusal = objection(request.get_data())
        if refusal is not None:
            return refusal, 422
        return Response(_events(story), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/stream"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def _events(story: Story) -> Iterator[bytes]:
    for beat in story:
        time.sleep(beat.after_seconds)
        yield beat.wire
