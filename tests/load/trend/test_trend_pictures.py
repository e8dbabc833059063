"""Trends as a picture, and as a page in a real browser."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from load.errors import UsageError
from load.trend.html import render
from load.trend.png import render as render_png
from load.trend.sensitivity import Sensitivity
from load.trend.series import Trust
from load.trend.trend import Trend
from tests.chromium import chromium
from tests.load.trend.histories import a_series, a_trend

_HOSTILE = "</script><script>alert(1)</script> $x^$ <b>"
_BLUE, _GREEN = (47, 127, 209), (26, 143, 90)


def _trends() -> list[Trend]:
    """Two labels that change, one of them hostile, with runs that do not count; and a figure that stays."""
    return [
        a_trend(step=1.12, trust={4: Trust.NOISY, 25: Trust.INVALID}),
        a_trend(step=1.12, level=1.1, hardware=_HOSTILE, seed=1),
        a_trend(figure="failure_ratio", level=0.02, seed=2),
    ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("trend") / "trend.html"
    file.write_text(render(_trends(), Sensitivity()), encoding="utf-8")
    return file


@pytest.fixture
def page(browser: Any, page_file: Path) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1100, "height": 4000})
    opened.complaints, opened.asked = [], []
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.goto(page_file.as_uri())
    # Not by a function: the page's policy forbids what Playwright would poll one with.
    opened.locator(".chart[data-drawn=done]").nth(1).wait_for()
    yield opened
    opened.close()


def test_a_chart_a_figure_is_drawn_in_silence(page, page_file):
    """One mark a run; no complaint, not of a formula either, and nothing asked of a network."""
    assert page.locator("#trend-0 .points .point").count() == 60
    assert page.locator("#trend-1 .points .point").count() == 30
    assert page.complaints == []
    assert page.asked == [page_file.as_uri()]


def test_changes_are_marked_and_told(page):
    """A line and a share at each change in the chart, a row in the table with both commits."""
    assert page.locator("h1").text_content() == "2 changes in 3 series"
    assert page.locator("#trend-0 .shapelayer path").count() == 2
    assert page.locator("#trend-0 .annotation").count() == 2
    assert page.locator("#trend-1 .annotation").count() == 0
    rows = page.locator("section:has(h2:text-is('Changes')) tbody tr").all_inner_texts()
    assert [row.rpartition("\t")[2] for row in rows] == ["between commits c19 and c20"] * 2


def test_a_mark_says_which_run_it_is(page):
    """Value, instant, commit, run and hardware, over the mark."""
    box = page.locator("#trend-0 .points .point").first.bounding_box()
    page.mouse.move(box["x"] - 5, box["y"])
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    label = page.locator("#trend-0 .hoverlayer .hovertext")
    label.wait_for()
    text = label.text_content()
    assert "ms at 2026-11-01 12:00" in text
    assert "commit c0" in text
    assert "run r0" in text
    assert "H100" in text


def test_runs_that_do_not_count_are_hollow(page):
    """Two of them, named in the legend."""
    assert "H100, not counted" in page.locator("#trend-0 .legendtext").all_text_contents()
    hollow = page.locator("#trend-0 .points .point").evaluate_all(
        "marks => marks.filter(mark => getComputedStyle(mark).fill === 'none' "
        "|| getComputedStyle(mark).fillOpacity === '0').length"
    )
    assert hollow == 2


def test_hostile_labels_are_text(page):
    """A hardware label full of markup stands there as it came."""
    assert _HOSTILE in page.locator("section:has(h2:text-is('Series'))").text_content()
    assert _HOSTILE in page.locator("#trend-0 .legendtext").all_text_contents()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone(browser, page_file, scheme):
    """Nothing but tables scrolls sideways, whatever the colours."""
    phone = browser.new_page(viewport={"width": 390, "height": 900}, color_scheme=scheme)
    phone.goto(page_file.as_uri())
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.close()


def test_the_picture_shows_both_labels():
    """A PNG that decodes, with the colour of each label in it, one chart below the other."""
    with Image.open(io.BytesIO(render_png(_trends(), Sensitivity()))) as picture:
        assert (picture.format, picture.width, picture.height) == ("PNG", 1000, 720)
        colours = dict(map(reversed, picture.convert("RGB").getcolors(1 << 20)))
    assert colours[_BLUE] > 200
    assert colours[_GREEN] > 200


def test_a_picture_has_an_end():
    """Forty charts and no more, and the error says what to do."""
    every = [Trend.of(a_series(figure=f"figure_{number}"), Sensitivity()) for number in range(41)]
    with pytest.raises(UsageError, match="holds 40 charts, not 41: choose"):
        render_png(every, Sensitivity())


def test_large_histories_stay_light():
    """5,000 runs make a page that a mail takes."""
    trend = a_trend(before=5000, after=0)
    assert len(render([replace(trend, changes=())], Sensitivity()).encode()) < 7_000_000
