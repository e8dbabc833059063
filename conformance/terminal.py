"""What is shown on a terminal, whatever it can show."""

import os
import sys

from rich.console import Console

__all__ = ["discard_output", "print_utf8", "terminal"]

_FEWEST_COLUMNS = 40


def terminal(*, stderr: bool = False) -> Console:
    """A console on standard output, or on standard error."""
    console = Console(stderr=stderr)
    # Some runners say that a terminal has no columns, on which nothing could be shown.
    return console if console.width >= _FEWEST_COLUMNS else Console(width=_FEWEST_COLUMNS, stderr=stderr)


def print_utf8(text: str) -> None:
    """Print a report as it would stand in a file, whatever the encoding of the terminal."""
    output = sys.stdout.buffer
    try:
        output.write(text.encode("utf-8"))
        output.flush()
    except BrokenPipeError:  # nobody reads on; the verdict stands all the same
        discard_output()


def discard_output() -> None:
    """Let whatever is still to be printed come to nothing: it would fail once more when Python exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
