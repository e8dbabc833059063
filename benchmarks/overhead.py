"""What the suite adds to an endpoint's own streaming time.

    python benchmarks/overhead.py [--runs 5] [--json PATH]

A paced endpoint on loopback streams previews and a final picture (about 2 MB). Two whole processes are timed in
turn: one that only reads the stream from a plain socket (the floor), and `fal-stream-check check`, from the start of
Python to the exit with every probe, rule and report. The difference is what a user waits for the verdict. How much of
it is spent before anything is sent (starting Python, importing, reading the rules) is timed with `check --dry-run`.
"""

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from conformance.samples import event, final, picture, picture_bytes, preview

PREVIEWS = 6
PACE_SECONDS = 0.25
READER = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    body = b'{"prompt": "x"}'
    sock.sendall(b"POST /stream HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
    while sock.recv(65536):
        pass
"""


def large_picture(step: int) -> bytes:
    """A noisy picture of a few hundred kilobytes, as a photograph would be."""
    return picture_bytes(step / 10, width=512, height=512, quality=85, noise=0.2)


def stream_pieces() -> list[bytes]:
    """The events of one generation."""
    size = {"width": 512, "height": 512}
    previews = [
        event(preview(step, PREVIEWS, image=picture(large_picture(step), **size))) for step in range(1, PREVIEWS + 1)
    ]
    return [*previews, event(final(images=[picture(large_picture(10), **size)]))]


def serve(listener: socket.socket, pieces: list[bytes]) -> None:
    """Answer requests one after the other: a valid POST with the stream, anything else with a refusal."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
    refusal = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nAllow: POST\r\nContent-Length: 14\r\n\r\n"
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            request = read_request(connection)
            if request.startswith(b"GET") or b"not" in request or b"cut off" in request:
                status = b"405 Method Not Allowed" if request.startswith(b"GET") else b"422 Unprocessable Content"
                connection.sendall(refusal % status + b'{"detail": []}')
                continue
            connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
            for piece in pieces:
                time.sleep(PACE_SECONDS)
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            connection.sendall(b"0\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)


def read_request(connection: socket.socket) -> bytes:
    """Head and body."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += connection.recv(65536)
    length = re.search(rb"content-length: *(\d+)", request, re.IGNORECASE)
    missing = request.index(b"\r\n\r\n") + 4 + (int(length.group(1)) if length else 0) - len(request)
    while missing > 0:
        more = connection.recv(65536)
        request, missing = request + more, missing - len(more)
    return request


def timed(command: list[str]) -> float:
    """Seconds of a whole process."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"})  # noqa: S603
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    pieces = stream_pieces()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        threading.Thread(target=serve, args=(listener, pieces), daemon=True).start()
        check = [sys.executable, "-m", "conformance", "check", f"http://127.0.0.1:{port}/stream"]
        reader = [sys.executable, "-c", READER, str(port)]
        timed(check), timed(reader)  # the first run of each warms the disk's cache
        runs = [(timed(reader), timed(check), timed([*check, "--dry-run"])) for _ in range(options.runs)]
    added = [checked - read for read, checked, _ in runs]
    start = statistics.median(start for *_, start in runs)
    result = {
        "body_megabytes": sum(map(len, pieces)) / 1e6,
        "streaming_seconds": len(pieces) * PACE_SECONDS,
        "reader_seconds": statistics.median(read for read, *_ in runs),
        "check_seconds": statistics.median(checked for _, checked, _ in runs),
        "added_seconds": statistics.median(added),
        "added_seconds_worst": max(added),
        "added_before_the_request_seconds": start,
        "added_after_it_seconds": statistics.median(added) - start,
        "share_of_half_a_second": statistics.median(added) / 0.5,
    }
    table = Table("figure", "value", title=f"What a check adds, {options.runs} interleaved runs")
    for name, value in result.items():
        table.add_row(name.replace("_", " "), f"{value:.3f}")
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
