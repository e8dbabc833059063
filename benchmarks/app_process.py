"""The reference app as a child process, as a user starts it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def running_app(*options: str) -> Iterator[tuple[str, psutil.Process]]:
    """`python -m reference_app` on a free port: its base URL once it is ready, and its process."""
    command = [sys.executable, "-m", "reference_app", "--port", "0", *options]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryFile("w+") as log:
        app = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)  # noqa: S603 - ourselves
        try:
            ready = next((line for line in app.stdout or () if line.startswith("Ready: POST ")), None)
            if ready is None:
                log.seek(0)
                sys.exit(f"the reference app did not start:\n{log.read()}")
            yield ready.split()[2].removesuffix("/stream"), psutil.Process(app.pid)
        finally:
            app.terminate()
            app.wait(30)
