"""The real `@fal-ai/client` under Node, installed for these tests, asked over the network."""

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import conformance.clients
from conformance.clients.reading import Reading
from conformance.core import Transcript
from conformance.real_fal_js import parse_reading, read_with_real_fal_js
from conformance.stream.payload import Json

__all__ = ["VERSION", "FalJsAnswer", "ask_with_fal_js", "fal_js_folder", "iterate_with_fal_js", "read_with_fal_js"]

_FOLDER = Path(__file__).parent
_LISTENER = Path(conformance.clients.__file__).with_name("fal_js.mjs")
_PATIENCE_SECONDS = 100

VERSION: str = json.loads((_FOLDER / "package.json").read_text())["dependencies"]["@fal-ai/client"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FalJsAnswer:
    """What the client delivers of a stream that it asked for.

    Attributes:
        reading: The payloads its listeners get, and how it ends.
        value: What ``done()`` resolves with.
        chunks: The pieces in which the body came to the client.
    """

    reading: Reading
    value: Json
    chunks: tuple[bytes, ...]


def read_with_fal_js(answers: Iterable[Transcript]) -> list[Reading]:
    """Hand each answer to the client on its own chunk edges; skips the test where Node is missing."""
    return list(read_with_real_fal_js(list(answers), folder=fal_js_folder()).readings)


def ask_with_fal_js(url: str, inputs: Iterable[Json]) -> list[FalJsAnswer]:
    """Let the client ask an endpoint, once with each input; skips the test where Node is missing."""
    questions = "".join(f"{json.dumps({'url': url, 'input': item})}\n" for item in inputs)
    done = _run("ask_streams.mjs", str(_LISTENER), questions=questions)
    done.check_returncode()
    # JavaScript writes the shortest digits that mean the same double.
    return [_answer(json.loads(line, parse_int=float)) for line in done.stdout.split("\n") if line]


def iterate_with_fal_js(url: str, payload: Json) -> tuple[list[Json], int]:
    """Ask an endpoint with `for await` alone; what it prints, and the exit code of the process."""
    done = _run("iterate.mjs", url, json.dumps(payload))
    return [json.loads(line) for line in done.stdout.split("\n") if line], done.returncode


def fal_js_folder() -> Path:
    """Where the client is installed; skips the test where Node is missing."""
    return Path(_installed().name)


def _run(program: str, *arguments: str, questions: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_executable("node"), program, *arguments],
        cwd=fal_js_folder(),
        input=questions,
        text=True,
        capture_output=True,
        timeout=_PATIENCE_SECONDS,
    )


@cache
def _installed() -> tempfile.TemporaryDirectory[str]:
    """A folder with the client, installed from npm as the lock file says; it goes when Python does."""
    folder = tempfile.TemporaryDirectory(prefix="fal-js-")
    for file in (*_FOLDER.glob("package*.json"), *_FOLDER.glob("*.mjs")):
        shutil.copy(file, folder.name)
    command = [_executable("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    subprocess.run(command, cwd=folder.name, check=True, capture_output=True, timeout=_PATIENCE_SECONDS)
    return folder


def _executable(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def _answer(answer: dict[str, Any]) -> FalJsAnswer:
    return FalJsAnswer(
        reading=parse_reading(answer),
        value=answer.get("value"),
        chunks=tuple(base64.b64decode(chunk) for chunk in answer["chunks"]),
    )
