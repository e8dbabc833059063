"""Draw docs/images/report.png: the top of an HTML report, in the chromium of this machine.

python -m docs.screenshots.report
"""

import argparse
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from conformance.reports import render
from docs.screenshots.evidence import torn_report

_IMAGE = Path(__file__).parents[1] / "images" / "report.png"
_WIDTH, _HEIGHT = 1120, 1700


def main() -> None:
    """Check the reference app, render its report, open it, and keep what a reader sees first."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser to draw with")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        page.write_text(render(torn_report(), "html"), "utf-8")
        _draw(page, options.chromium)
    with Image.open(_IMAGE) as drawn:
        drawn.convert("RGB").save(_IMAGE, optimize=True)


def _draw(page: Path, chromium: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
        tab.goto(page.as_uri())
        tab.wait_for_selector("#timeline-1 .main-svg .xtick")
        tab.wait_for_timeout(500)  # until the charts have the colours of the page
        tab.screenshot(path=str(_IMAGE))
        browser.close()


if __name__ == "__main__":
    main()
