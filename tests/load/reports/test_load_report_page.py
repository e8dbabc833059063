"""The run as a page, in a real browser."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from load.reports import render
from load.reports.html.page import charts
from tests.chromium import chromium
from tests.load.reports.judged_runs import HOSTILE, a_full_run, judged
from tests.load.rows import a_run, stream


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "run.html"
    file.write_text(render(judged(), "html"), encoding="utf-8")
    return file


@pytest.fixture
def page(browser: Any, page_file: Path) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1100, "height": 20_000})
    opened.complaints, opened.asked = [], []
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.goto(page_file.as_uri())
    yield opened
    opened.close()


def test_every_chart_is_drawn_in_silence(page, page_file):
    """Marks on the page for each chart that the run has data for; no complaint, and nothing asked of a network."""
    drawn = list(charts(judged().run))
    page.wait_for_function("document.querySelectorAll('.chart[data-drawn=done]').length === " + str(len(drawn)))
    for chart in drawn:
        assert page.locator(f"#{chart.id} .trace, #{chart.id} .gl-canvas, #{chart.id} .bars .point").count(), chart.id
    assert page.complaints == []
    assert page.asked == [page_file.as_uri()]


def test_the_page_says_what_the_run_came_to(page):
    """Verdict, why it is invalid, and each objective with its standing."""
    assert page.locator("h1").text_content() == "Not judged"
    assert "worker 1 went silent" in page.locator("header").text_content()
    cells = page.locator("section:has(h2:text-is('Objectives')) tbody td:last-child").all_text_contents()
    assert [cell.split(" (")[0] for cell in cells] == ["held", "fell short", "not testable", "held"]


def test_text_of_an_endpoint_is_shown_as_text(page):
    """A detail full of markup stands there as it came."""
    assert HOSTILE in page.locator("section:has(h2:text-is('Failures'))").first.text_content()
    assert page.evaluate("document.querySelectorAll('td b').length") == 0


def test_the_page_fits_a_phone(browser, page_file):
    """Nothing but tables scrolls sideways."""
    phone = browser.new_page(viewport={"width": 390, "height": 900})
    phone.goto(page_file.as_uri())
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.close()


def test_a_large_run_is_thinned_and_says_so():
    """10,000 streams make a page that a mail takes, and the charts say how many they left out."""
    page = render(judged(a_full_run(10_000, draw=random.Random(3))), "html")
    assert len(page.encode()) < 8_000_000
    assert re.search(r"streams \(4000 of \d+ drawn\)", page)
    assert "more are not shown" in page


def test_charts_without_data_are_left_out():
    """One plain stream has no failures, no server, and no stages to compare."""
    ids = {chart.id for chart in charts(a_run(stream(), seconds=2))}
    assert ids.isdisjoint({"throughput", "failures-over-time", "server-0"})
    assert "swim-lanes" in ids
