"""The run as a page, in a real browser."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from load.reports import render
from load.reports.html.chart import BAD, CALM
from load.reports.html.page import charts
from load.reports.html.throughput import throughput
from load.reports.json_document import document
from load.run import Mark, MarkKind
from tests.chromium import chromium
from tests.load.reports.judged_runs import HOSTILE, a_full_run, judged
from tests.load.rows import SECOND, a_run, stream


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
    # Not by a function: the page's policy forbids what Playwright would poll one with.
    page.locator(".chart[data-drawn=done]").nth(len(drawn) - 1).wait_for()
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


def test_the_page_and_the_summary_agree(page):
    """The large figures of the page are those that the summary has for programs."""
    metrics = document(judged())["metrics"]
    shown = page.locator(".figures > div").all_inner_texts()
    ttfp, rate = metrics["ttfp"]["percentiles"], metrics["images_per_second"]["value"]
    assert f"median time to first preview\n{ttfp['p50']['value'] * 1000:.4g} ms" in shown[0]
    assert shown[0].endswith(f"p95 {ttfp['p95']['value'] * 1000:.4g} ms")
    assert f"{rate:.4g}/s" in shown[-1]


def test_the_loads_that_the_search_named_are_marked():
    """Red are the load that holds and the one that breaks, and not one whose name only ends alike."""
    run = a_full_run()
    more = Mark(at_ns=25 * SECOND, kind=MarkKind.STAGE, text="14 users")
    chart = throughput(replace(run, marks=(*run.marks[:2], more, *run.marks[2:])))
    colours = dict(zip(chart.traces[0]["text"], chart.traces[0]["marker"]["color"], strict=True))
    assert colours == {"4 users": BAD, "8 users": BAD, "14 users": CALM}


def test_stages_of_one_load_are_one_point():
    """A search that asks again about 4 users counts their pictures over both stages: 3.33 a second in all."""
    run = a_full_run()
    again = Mark(at_ns=20 * SECOND, kind=MarkKind.STAGE, text="4 users")
    other = Mark(at_ns=30 * SECOND, kind=MarkKind.STAGE, text="8 users")
    chart = throughput(replace(run, marks=(run.marks[0], again, other)))
    assert sorted(chart.traces[0]["text"]) == ["4 users", "8 users"]
    assert max(chart.traces[0]["x"]) == pytest.approx(1 / 0.3, rel=0.02)


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
