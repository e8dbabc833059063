"""What the pictures of the README show: the reference app's stream, its last event robbed of its blank line."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from conformance.core import Transcript
from conformance.examination import check_endpoint
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Report

__all__ = ["torn_report"]

_START_SECONDS = 120
_PAYLOAD = {"prompt": "a sun over green hills", "seed": 5}


def torn_report() -> Report:
    """Run the reference app, check it, take the last line break away, and judge again."""
    with _running_app() as url:
        report = check_endpoint(url, payload=_PAYLOAD, warm_up=True)
    first, *rest = report.transcripts
    return evaluate([_torn(first), *rest], report.profile)


def _torn(transcript: Transcript) -> Transcript:
    last = transcript.chunks[-1]
    shortened = replace(last, data=last.data.removesuffix(b"\n"))
    return replace(transcript, chunks=(*transcript.chunks[:-1], shortened))


@contextmanager
def _running_app() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "reference_app", "--pipeline", "simulated", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}/health")
            yield f"http://127.0.0.1:{port}/stream"
        finally:
            process.terminate()


def _wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own app on loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit(f"the reference app did not answer at {url} within {_START_SECONDS} s")
