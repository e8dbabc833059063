"""Draw docs/images/load-trend.png: the page of a trend, over a made-up history.

python -m docs.screenshots.trend
"""

import argparse
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from load.trend.html import render
from load.trend.sensitivity import Sensitivity
from load.trend.series import Series, Subject, TrendPoint, Trust
from load.trend.trend import Trend

_IMAGE = Path(__file__).parents[1] / "images" / "load-trend.png"
_WIDTH, _SHOWN = 1100, 920
_RUNS, _STEP_AT = 60, 38
_START = datetime(2026, 9, 20, 3, tzinfo=UTC)


def main() -> None:
    """Render two labels that change alike and a figure that stays, and keep what the page shows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser to draw with")
    options = parser.parse_args()
    trends = [Trend.of(series, Sensitivity()) for series in _history()]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "trend.html"
        page.write_text(render(trends, Sensitivity()), "utf-8")
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": _WIDTH, "height": 3 * _SHOWN})
        tab.goto(page.as_uri())
        tab.locator(".chart[data-drawn=done]").nth(1).wait_for()
        tab.screenshot(path=str(_IMAGE), clip={"x": 0, "y": 0, "width": _WIDTH, "height": _SHOWN})
        browser.close()
    with Image.open(_IMAGE) as drawn:
        drawn.convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(_IMAGE, optimize=True)


def _history() -> Iterator[Series]:
    draw = random.Random(4)  # noqa: S311 - chance guards nothing here
    for figure, hardware, level, step in (
        ("ttfp_median", "NVIDIA H100", 0.81, 1.12),
        ("ttfp_median", "NVIDIA A100", 1.12, 1.12),
        ("time_to_final_median", "NVIDIA H100", 3.8, 1.0),
    ):
        subject = Subject(figure=figure, scenario="steady", endpoint="https://fal.run/owner/app/stream")
        yield Series(
            subject=subject,
            hardware=hardware,
            points=tuple(_point(run, level * (step if run >= _STEP_AT else 1), draw) for run in range(_RUNS)),
        )


def _point(run: int, level: float, draw: random.Random) -> TrendPoint:
    is_noisy = draw.random() < 0.06
    return TrendPoint(
        at=(_START + timedelta(days=run)).isoformat(),
        run_id=f"{draw.getrandbits(64):016x}",
        commit=f"{0x9E3779B97F4A7C15 * (run + 1) % 2**160:040x}"[::-1],
        value=level * draw.lognormvariate(0, 0.012) * (1.25 if is_noisy else 1.0),
        trust=Trust.NOISY if is_noisy else Trust.COUNTED,
    )


if __name__ == "__main__":
    main()
