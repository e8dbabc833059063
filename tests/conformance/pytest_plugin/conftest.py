"""Test suites of other people: a folder with an app and tests, and pytest in a process of its own."""

import os
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

import pytest

# All of it, before a run within this process: what such a run imports first is forgotten after it, and a later one
# would have rules and errors of other identities.
import conformance.pytest_plugin.gate
import conformance.pytest_plugin.recordings
import conformance.pytest_plugin.rule_items
from conformance.catalogue import load_catalogue

ROOT = Path(__file__).parents[3]

# As small as an app can be that streams. It leaves a line in a file for each generation, whichever process it is in.
APP = """
import asyncio
import json
from pathlib import Path

from conformance.samples import good_events

LOG = Path(__file__).with_name("generations.txt")


class App:
    def __init__(self, *, torn=False, seconds=0.01):
        self.torn = torn
        self.seconds = seconds

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            return await send({"type": "lifespan.startup.complete"})
        body = (await receive())["body"]
        if scope["method"] != "POST":
            return await self.refuse(send, 405, [(b"allow", b"POST")])
        try:
            json.loads(body)["prompt"].lower()
        except (AttributeError, KeyError, TypeError, ValueError):
            return await self.refuse(send, 422, [])
        with LOG.open("a") as log:
            print(scope["path"], body.decode(), file=log)
        head = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache, no-transform")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        *events, last = good_events()
        for event in [*events, last[:-1] if self.torn else last]:
            await asyncio.sleep(self.seconds)
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def refuse(self, send, status, headers):
        headers = [*headers, (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps({"detail": []}).encode()})
"""

FIXTURE = """
import pytest
from my_app import App

@pytest.fixture(scope="session")
def stream_endpoint():
    return App()
"""


class RunOwnSuite(Protocol):
    """Runs pytest on what the test has written: in this process, or in one of its own where that matters."""

    def __call__(self, *args: str, alone: bool = False, **files: str) -> pytest.RunResult:
        """Write the files first; `alone` starts a process, as a reader of the docs does."""
        ...


@pytest.fixture
def run_own_suite(pytester: pytest.Pytester) -> RunOwnSuite:
    """Run pytest where the package is installed, beside an app in `my_app.py`."""
    pytester.makepyfile(my_app=APP)
    write_ini(pytester)
    is_installed = any(entry.name == "fal_stream_conformance" for entry in entry_points(group="pytest11"))
    load_catalogue()

    def run(*args: str, alone: bool = False, **files: str) -> pytest.RunResult:
        if files:
            pytester.makepyfile(**files)
        if not alone:
            plugins = [] if is_installed else [conformance.pytest_plugin]
            return pytester.runpytest_inprocess("-p", "no:cacheprovider", *args, plugins=plugins)
        pytester._monkeypatch.setenv("PYTHONPATH", f"{ROOT}", prepend=os.pathsep)
        plugin = [] if is_installed else ["-p", "conformance.pytest_plugin"]
        return pytester.run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *plugin, *args, timeout=90)

    return run


def write_ini(pytester: pytest.Pytester, *lines: str) -> None:
    """The ini file of that suite; pytest-asyncio wants its own line in each."""
    pytester.makeini("\n".join(["[pytest]", "asyncio_default_fixture_loop_scope = function", *lines]))


def generations(pytester: pytest.Pytester) -> list[str]:
    """What the app was asked to draw: the route and the body of each generation."""
    log = pytester.path / "generations.txt"
    return log.read_text().splitlines() if log.exists() else []
