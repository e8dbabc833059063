"""Locust's web page with our tab, in a real browser, while a real run goes on."""

import base64
import io
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.chromium import chromium

ROOT = Path(__file__).parents[3]


def jpeg_event(colour: str, **more: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(file, "JPEG")
    url = "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
    return b"data: " + json.dumps({"image": {"url": url, "content_type": "image/jpeg"}, **more}).encode() + b"\n\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture
def locust(endpoint) -> Iterator[Any]:
    """Starts Locust with its web page on a free port, already running; gives the page's address."""
    endpoint.script = replace(endpoint.script, events=tuple(map(jpeg_event, ("red", "green", "blue"))))
    processes = []

    def start(*options: str) -> str:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        command = [sys.executable, "-m", "locust", "-f", "load/scenarios/steady.py", "--host", endpoint.url]
        command += ["--web-host", "127.0.0.1", "--web-port", str(port), "--autostart", "-u", "2", "-r", "2"]
        processes.append(subprocess.Popen([*command, *options], cwd=ROOT, stderr=subprocess.DEVNULL))
        return _when_up(f"http://127.0.0.1:{port}")

    yield start
    for process in processes:
        process.terminate()
        process.wait(30)


def _when_up(origin: str) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{origin}/streaming/figures").json() is not None:
                return origin
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError("Locust's page did not come")


@pytest.mark.slow
def test_the_tab_shows_figures_and_pictures_of_the_run(locust, browser):
    """Charts with points, previews as pictures, and a browser that has nothing to complain about."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(locust())
    page.get_by_role("tab", name="Streaming").click()
    frame = page.frame_locator("#streaming-frame")
    frame.locator("#ttfp .point").first.wait_for(timeout=15_000)
    image = frame.locator("#previews img").first
    image.wait_for(timeout=15_000)
    assert image.evaluate("async (node) => { await node.decode(); return node.naturalWidth; }") == 32
    assert frame.locator("#head").text_content().startswith("steady on http://127.0.0.1:")
    place = page.locator("#streaming-frame").bounding_box()
    assert (place["width"], place["y"] + place["height"]) == (1200, 900)
    assert place["height"] > 600
    page.get_by_role("tab", name="Statistics").click()
    page.locator("#streaming-frame").wait_for(state="hidden")
    page.close()
    assert complaints == []


@pytest.mark.slow
def test_the_master_shows_what_its_workers_read(locust):
    """With two workers, figures and previews come from both."""
    origin = locust("--processes", "2")
    deadline = time.monotonic() + 30
    seen: set[str] = set()
    while len(seen) < 2 and time.monotonic() < deadline:
        figures = httpx.get(f"{origin}/streaming/figures").json()
        seen |= {preview["from"] for preview in figures["previews"]}
        time.sleep(0.5)
    assert seen == {"worker 0", "worker 1"}
    assert figures["streams"] > 2
    newest = figures["previews"][-1]["at_ns"]
    headers = httpx.get(f"{origin}/streaming/preview/{newest}").headers
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
