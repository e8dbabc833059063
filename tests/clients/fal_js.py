"""The real `@fal-ai/client` under Node, given recorded answers to read."""

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from conformance.core import Transcript
from conformance.payload import Json

__all__ = ["FalJsReading", "read_with_fal_js"]

_FOLDER = Path(__file__).parent
_PROGRAM = "read_streams.mjs"
_PATIENCE_SECONDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FalJsReading:
    """What the client delivers of a stream.

    Attributes:
        events: The payloads its listeners get.
        is_resolved: Whether ``done()`` resolves; else it rejects.
        value: What ``done()`` resolves with.
        error: What it rejects with.
    """

    events: tuple[Json, ...]
    is_resolved: bool
    value: Json = None
    error: str = ""


def read_with_fal_js(transcripts: Iterable[Transcript]) -> list[FalJsReading]:
    """Read each body on its own chunk edges; skips the test where Node is missing."""
    questions = "".join(f"{json.dumps(_question(transcript))}\n" for transcript in transcripts)
    run = subprocess.run(
        [_executable("node"), _PROGRAM],
        cwd=_installed().name,
        input=questions,
        text=True,
        capture_output=True,
        check=True,
        timeout=_PATIENCE_SECONDS,
    )
    return [_reading(json.loads(line)) for line in run.stdout.splitlines()]


@cache
def _installed() -> tempfile.TemporaryDirectory[str]:
    """A folder with the client, installed from npm as the lock file says; it goes when Python does."""
    folder = tempfile.TemporaryDirectory(prefix="fal-js-")
    for name in ("package.json", "package-lock.json", _PROGRAM):
        shutil.copy(_FOLDER / name, folder.name)
    command = [_executable("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    subprocess.run(command, cwd=folder.name, check=True, capture_output=True, timeout=_PATIENCE_SECONDS)
    return folder


def _executable(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def _question(transcript: Transcript) -> dict[str, Json]:
    head = transcript.head
    assert head is not None
    chunks: Sequence[Json] = [base64.b64encode(chunk.data).decode() for chunk in transcript.chunks]
    return {
        "status": head.status,
        "headers": [[name, value] for name, value in head.headers],
        "chunks": list(chunks),
        "breaks_off": not transcript.end.ending.is_clean,
    }


def _reading(answer: dict[str, Json]) -> FalJsReading:
    events = answer["events"]
    assert isinstance(events, list)
    return FalJsReading(
        events=tuple(events),
        is_resolved=answer["outcome"] == "resolved",
        value=answer.get("value"),
        error=json.dumps(answer.get("error", "")),
    )
