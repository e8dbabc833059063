"""The command line, run in this process or in one of its own with so much memory and time."""

import os
import resource
import subprocess
import sys
from dataclasses import dataclass

import pytest

from conformance.cli import main

# Of address space, of which a run that reads nothing takes a third of a gigabyte.
MOST_BYTES = 2_000_000_000
# Each takes a few seconds; a shared machine may be ten times slower, an unbounded run never ends.
MOST_SECONDS = 60


@dataclass(frozen=True)
class Ran:
    """One run of the command line in a process of its own."""

    code: int
    out: str
    err: str


def run_apart(*args: str, **environment: str) -> Ran:
    """Run the command line in so much memory; a mistake runs out of it and does not take the machine with it."""

    def limit_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))

    process = subprocess.Popen(
        [sys.executable, "-m", "conformance", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        preexec_fn=limit_memory,
    )
    try:
        out, err = process.communicate(timeout=MOST_SECONDS)
    finally:
        process.kill()
    return Ran(process.returncode, out.decode(), err.decode())


def run_here(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    """Run the command line in this process: exit code, output, errors."""
    with pytest.raises(SystemExit) as caught:
        main(args)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err
    return int(str(caught.value.code or 0)), captured.out, captured.err
