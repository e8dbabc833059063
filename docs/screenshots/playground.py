"""Draw docs/images/playground.png: the page of the reference app after a picture, in the chromium of this machine.

python -m docs.screenshots.playground
"""

import argparse
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.app_process import running_app

_IMAGE = Path(__file__).parents[1] / "images" / "playground.png"
_WIDTH, _HEIGHT = 1200, 960
_SEED = "3"


def main() -> None:
    """Serve the embedded model, let the page draw, and keep what it shows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser to draw with")
    parser.add_argument("--prompt", default="a sunset over the sea", help="what to draw")
    options = parser.parse_args()
    with running_app("--pipeline", "embedded") as (base_url, _):
        _draw(f"{base_url}/playground/", options.prompt, options.chromium)
    with Image.open(_IMAGE) as drawn:
        drawn.convert("RGB").save(_IMAGE, optimize=True)


def _draw(url: str, prompt: str, chromium: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
        tab.goto(url)
        tab.locator("body[data-ready]").wait_for()
        tab.locator("#field-prompt").fill(prompt)
        # The first generation of a process is slow, and its previews are few.
        _generate(tab)
        tab.locator("#advanced summary").click()
        tab.locator("#field-seed").fill(_SEED)
        tab.locator("#advanced summary").click()
        _generate(tab)
        tab.wait_for_timeout(500)  # until the last picture has faded in
        tab.screenshot(path=str(_IMAGE))
        browser.close()


def _generate(tab: Page) -> None:
    tab.locator("#start").click()
    tab.get_by_text("Done in").wait_for()


if __name__ == "__main__":
    main()
