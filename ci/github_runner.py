"""How a step talks to the runner of GitHub Actions: masks, outputs, the summary, and text that is no command."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

__all__ = ["add_summary", "is_here", "mask", "no_commands", "write_outputs"]


def is_here() -> bool:
    """Whether a runner started this process."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def mask(key: str) -> None:
    """Have the runner hide the key in every log."""
    for line in filter(str.strip, key.splitlines()):
        print(f"::add-mask::{line.replace('%', '%25')}", flush=True)


@contextmanager
def no_commands() -> Iterator[None]:
    """What an endpoint sends is shown in the log, and must not be taken for commands to the runner."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        print(f"::{token}::", flush=True)


def add_summary(text: str) -> None:
    """Add Markdown to the page of the run."""
    _append("GITHUB_STEP_SUMMARY", text)


def write_outputs(outputs: Mapping[str, str]) -> None:
    """What later steps can ask for."""
    _append("GITHUB_OUTPUT", "".join(_output(*item) for item in outputs.items()))


def _append(variable: str, text: str) -> None:
    with Path(os.environ[variable]).open("a", encoding="utf-8") as stream:
        stream.write(text)


def _output(name: str, value: str) -> str:
    end = secrets.token_hex(16)  # a line that no value can know
    return f"{name}<<{end}\n{value}\n{end}\n"
