"""Draw docs/images/load-report.png and load-live.png: a report of a run, and Locust's page while one goes on.

python -m docs.screenshots.load
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from benchmarks.app_process import running_app

_IMAGES = Path(__file__).parents[1] / "images"
_WIDTH, _HEIGHT = 1200, 1150
_LIVE_SECONDS = 30
# What a reader of a page has patience for; the report goes on.
_SHOWN = 1900


def main() -> None:
    """Serve the embedded model, put load on it, and keep what the pages show."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser to draw with")
    options = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"])
        with running_app("--pipeline", "embedded", "--max-batch", "4") as (base_url, _):
            _draw_live(browser, base_url)
            report = _report(base_url, Path(folder))
        _draw_report(browser, report)
        browser.close()


def _draw_live(browser: Browser, base_url: str) -> None:
    with _locust(base_url) as origin:
        time.sleep(_LIVE_SECONDS)
        tab = browser.new_page(viewport={"width": _WIDTH, "height": 1000})
        tab.goto(origin)
        tab.get_by_role("tab", name="Streaming").click()
        frame = tab.frame_locator("#streaming-frame")
        frame.locator("#previews img").first.wait_for()
        frame.locator("#ttfp .point").first.wait_for()
        tab.wait_for_timeout(2000)
        tab.screenshot(path=str(_IMAGES / "load-live.png"))
        tab.close()
    _shrink(_IMAGES / "load-live.png")


def _report(base_url: str, folder: Path) -> Path:
    report = folder / "run.html"
    command = [sys.executable, "-m", "load", "run", "steady", "--endpoint", f"{base_url}/stream", "--users", "4"]
    command += ["--seconds", "40", "--warm-up-seconds", "6", "--largest-lag-seconds", "0.1"]
    command += [
        "--objective",
        "ttfp_median <= 2 s",
        "--objective",
        "failure_ratio <= 20 %",
        "--report",
        f"html={report}",
    ]
    subprocess.run(command, check=False)  # noqa: S603 - our own command
    return report


def _draw_report(browser: Browser, report: Path) -> None:
    tab = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
    tab.goto(report.as_uri())
    tab.set_viewport_size({"width": _WIDTH, "height": tab.evaluate("document.body.scrollHeight")})
    tab.wait_for_timeout(3000)
    tab.screenshot(path=str(_IMAGES / "load-report.png"), clip={"x": 0, "y": 0, "width": _WIDTH, "height": _SHOWN})
    _shrink(_IMAGES / "load-report.png")


@contextmanager
def _locust(base_url: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "locust", "-f", "load/scenarios/steady.py", "--host", f"{base_url}/stream"]
    command += ["--web-host", "127.0.0.1", "--web-port", str(port), "--autostart", "-u", "4", "-r", "1"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def _shrink(image: Path) -> None:
    with Image.open(image) as drawn:
        drawn.convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(image, optimize=True)


if __name__ == "__main__":
    main()
