"""The real fal_client in a process of its own, pointed at an endpoint of ours by its environment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from conformance.stream.payload import Json

__all__ = ["VERSION", "FalClientReading", "ask_with_fal_client"]

_PROGRAM = Path(__file__).with_name("read_streams.py")
_PATIENCE_SECONDS = 100

VERSION = version("fal-client")


@dataclass(frozen=True, slots=True, kw_only=True)
class FalClientReading:
    """What the client delivers of a stream, and what it raises then; empty for nothing."""

    events: tuple[Json, ...]
    error: str


def ask_with_fal_client(
    url: str, inputs: Iterable[Json], *, ca_file: str, twin: Literal["sync", "async"]
) -> list[FalClientReading]:
    """Let the client ask an https endpoint, once with each input.

    Args:
        url: The endpoint, whose path is ``/stream``.
        inputs: What it is asked.
        ca_file: The authority that signed the endpoint's certificate.
        twin: Which of the client's two interfaces.
    """
    environment = {"FAL_RUN_HOST": urlsplit(url).netloc, "SSL_CERT_FILE": ca_file, "FAL_KEY": "no:key"}
    run = subprocess.run(
        [sys.executable, str(_PROGRAM), twin],
        env={**os.environ, **environment},
        input="".join(f"{json.dumps(item)}\n" for item in inputs),
        text=True,
        capture_output=True,
        check=True,
        timeout=_PATIENCE_SECONDS,
    )
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    return [FalClientReading(events=tuple(answer["events"]), error=answer["error"]) for answer in answers]
