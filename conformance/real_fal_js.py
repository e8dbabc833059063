"""The real `@fal-ai/client` under Node, where the user has both: recorded answers in, readings out."""

import base64
import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from conformance.clients.reading import Reading, ReadingEnd, as_received
from conformance.clients.survey import Client, ClientOutcome, outcome_of
from conformance.core import Transcript, UsageError
from conformance.stream.evidence import Evidence

__all__ = ["RealReadings", "parse_reading", "read_with_real_fal_js", "real_fal_js_outcome"]

_NOT_INSTALLED = 4
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RealReadings:
    """What the client makes of some answers, and its version."""

    version: str
    readings: tuple[Reading, ...]


def read_with_real_fal_js(answers: Sequence[Transcript], *, folder: Path | None = None) -> RealReadings:
    """Hand each answer to the client on its own chunk edges. Nothing is sent, and nothing is downloaded.

    Args:
        answers: Answers with a head, their content codings undone.
        folder: Where the client is installed (its ``node_modules``); the current folder by default.

    Raises:
        UsageError: Node or the package is not there, or the program fails.
    """
    node = shutil.which("node")
    if node is None:
        raise UsageError("the real fal-js needs Node, and there is no 'node' on the path")
    with as_file(files("conformance.clients") / "fal_js.mjs") as program:
        done = subprocess.run(  # noqa: S603 - our own program, and no text of anybody's in the command
            [node, str(program)],
            cwd=folder,
            input="".join(f"{json.dumps(_question(answer))}\n" for answer in answers),
            text=True,
            encoding="utf-8",
            capture_output=True,
            timeout=_PATIENCE_SECONDS,
        )
    if done.returncode == _NOT_INSTALLED:
        raise UsageError(
            f"the package @fal-ai/client is not installed in {str(folder or Path.cwd())!r}: npm install @fal-ai/client"
        )
    if done.returncode != 0:
        raise UsageError(f"Node ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}")
    # JavaScript writes the shortest digits that mean the same double.
    first, *others = [json.loads(line, parse_int=float) for line in done.stdout.split("\n") if line]
    return RealReadings(version=first["version"], readings=tuple(map(parse_reading, others)))


def real_fal_js_outcome(evidence: Evidence) -> ClientOutcome:
    """What the client in the current folder gets of a recorded stream.

    Raises:
        UsageError: Node or the package is not there, or the program fails.
    """
    real = read_with_real_fal_js([as_received(evidence)])
    client = Client(
        name="fal-js under Node",
        read=lambda answer: real.readings[0],
        is_javascript=True,
        version=f"@fal-ai/client {real.version}",
    )
    return outcome_of(client, evidence)


def _question(answer: Transcript) -> dict[str, Any]:
    head = answer.head
    if head is None:
        raise LookupError("no response came")
    return {
        "status": head.status,
        "headers": [[name, value] for name, value in head.headers],
        "chunks": [base64.b64encode(chunk.data).decode() for chunk in answer.chunks],
        "breaks_off": not answer.end.ending.is_clean,
    }


def parse_reading(answer: Mapping[str, Any]) -> Reading:
    """What the program beside this package's clients says of one stream (``fal_js.mjs``)."""
    end = {"resolved": ReadingEnd.FINISHED, "rejected": ReadingEnd.RAISED, "pending": ReadingEnd.HANGS}
    return Reading(events=tuple(answer["events"]), end=end[answer["outcome"]], error=answer.get("error", ""))
