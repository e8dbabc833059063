"""The page in a real browser: it draws, it fits, it asks for nothing, and nothing of the endpoint's runs in it."""

from itertools import pairwise
from typing import Any

import pytest

from conformance.catalogue import Verdict
from conformance.judging.report import Report
from conformance.reports.html.scene import scenes
from conformance.reports.standing import Standing, standing

TOLD = {*(item for item in Standing if item.is_shortfall), Standing.WARNED, Standing.NOTED, Standing.EXPECTED}


def test_whole_page_is_drawn_in_silence(any_report: Report, any_page: Any) -> None:
    """Every chart draws, nothing is loaded, and the browser has nothing to complain of, the page's policy included."""
    charts = sum((scene.timeline is not None) + (scene.cadence is not None) for scene in scenes(any_report))
    drawn = any_page.count(".chart .main-svg .xaxislayer-above")
    assert (drawn, any_page.loaded(), any_page.complaints) == (charts, [], [])


def test_page_tells_what_the_report_holds(any_report: Report, any_page: Any) -> None:
    """Its findings, rules, pictures and requests are those of the model, one for one."""
    told = [item for item in any_report.results if standing(any_report, item) in TOLD]
    told = [] if any_report.unreachable is not None else told
    findings = sum(len(item.findings) for item in told if item.verdict is Verdict.FAILED)
    frames = sum(len(scene.filmstrip.frames) for scene in scenes(any_report))
    ids = any_page.value("[...document.querySelectorAll('[data-rule]')].map((node) => node.dataset.rule)")
    assert sorted(ids) == sorted(item.rule.id for item in told)
    counted = [any_page.count(f"[data-{what}]") for what in ("finding", "frame", "exchange")]
    assert counted == [findings, frames, len(any_report.transcripts)]


def test_filmstrip_shows_each_preview_and_the_final(long_report: Report, opened: Any) -> None:
    """Three hundred previews are three hundred frames, in order, and the last one is the final."""
    page = opened(long_report)
    kinds = page.value("[...document.querySelectorAll('#pictures [data-frame]')].map((node) => node.dataset.frame)")
    assert kinds == ["PREVIEW"] * 300 + ["FINAL"]
    assert page.value("[...document.images].every((one) => one.loading === 'lazy' || one.naturalWidth > 0)") is True


def test_page_fits_a_desk(any_page: Any) -> None:
    """With everything opened, nobody has to scroll sideways but within a wide table or an excerpt."""
    assert any_page.value("document.documentElement.scrollWidth <= window.innerWidth") is True


def test_page_fits_a_phone(any_report: Report, opened: Any) -> None:
    """Nor on a narrow phone."""
    page = opened(any_report, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page.see_all()
    assert page.value("document.documentElement.scrollWidth <= window.innerWidth") is True


def test_printed_page_is_whole(torn_report: Report, opened: Any) -> None:
    """A print has its charts, though nobody scrolled to them, and nothing wider than the paper."""
    page = opened(torn_report, viewport={"width": 720, "height": 1000})
    page.tab.emulate_media(media="print")
    page.tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.tab.wait_for_selector("#cadence-1 .main-svg .xtick")
    assert page.value("document.documentElement.scrollWidth <= window.innerWidth") is True
    assert page.count("nav:visible, button:visible") == 0
    assert page.tab.pdf(format="A4")[:5] == b"%PDF-"


def test_nothing_of_the_endpoint_runs(hostile_report: Report, opened: Any) -> None:
    """Markup, scripts and addresses that an endpoint sent are words on the page, in charts and labels too."""
    page = opened(hostile_report)
    page.see_all()
    hrefs = page.value("[...document.links].map((link) => new URL(link.href).protocol)")
    sources = page.value("[...document.images].map((image) => image.src.slice(0, 23))")
    assert page.value("window.evil === undefined") is True
    assert (set(hrefs), set(sources)) == ({"file:", "https:"}, {"data:image/jpeg;base64,"})
    assert "</script><script>window.evil=1</script>" in page.text("h1 ~ .endpoint")


def test_hover_labels_show_markup_as_words(hostile_report: Report, opened: Any) -> None:
    """Plotly reads some markup in its labels; none of the endpoint's is left to it."""
    page = opened(hostile_report)
    page.see_all()
    page.tab.evaluate("document.getElementById('timeline-1').scrollIntoView({ block: 'center' })")
    comments = "document.getElementById('timeline-1').data.findIndex((trace) => trace.name === 'comment')"
    page.tab.evaluate(
        f"Plotly.Fx.hover(document.getElementById('timeline-1'), [{{ curveNumber: {comments}, pointNumber: 0 }}])"
    )
    label = page.tab.wait_for_selector("#timeline-1 .hovertext")
    assert "</script><script>window.evil=1" in label.text_content()
    assert page.count("#timeline-1 a, #timeline-1 image") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_reader_and_the_button(scheme: str, torn_report: Report, opened: Any) -> None:
    """The page opens in the reader's colours, the button turns them, and the charts turn with it."""
    page = opened(torn_report, color_scheme=scheme)
    page.see_all()
    seen = "[getComputedStyle(document.body).backgroundColor, document.getElementById('timeline-1').layout.font.color]"
    before = page.value(seen)
    page.tab.click("#theme")
    page.wait_until(f"{seen}[1] !== '{before[1]}'")
    is_light = [before[0] == "rgb(255, 255, 255)", page.value(seen)[0] == "rgb(255, 255, 255)"]
    assert is_light == [scheme == "light", scheme == "dark"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(scheme: str, any_page: Any) -> None:
    """Every text is at least 4.5:1 against what lies behind it (WCAG 2.2, 1.4.3)."""
    any_page.tab.emulate_media(color_scheme=scheme)
    assert any_page.value(f"({_FAINT_TEXTS})()") == []


def test_keyboard_reaches_the_findings(torn_report: Report, opened: Any) -> None:
    """The first stop leads past the top of the page, and an excerpt can be scrolled without a mouse."""
    page = opened(torn_report)
    page.tab.keyboard.press("Tab")
    first = page.value("document.activeElement.getAttribute('href')")
    assert (first, page.value("document.querySelector('pre.bytes').tabIndex")) == ("#content", 0)


def test_page_has_an_outline(any_page: Any) -> None:
    """One h1, no level skipped, every table with a caption and scopes, every picture and chart with words."""
    levels = any_page.value("[...document.querySelectorAll('h1, h2, h3, h4')].map((node) => Number(node.tagName[1]))")
    assert levels.count(1) == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
    wordless = "table:not(:has(> caption)), th:not([scope]), img:not([alt]), img[alt=''], .chart:not([aria-label])"
    assert any_page.count(wordless) == 0


_FAINT_TEXTS = """() => {
  const channel = (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => {
    const [red, green, blue] = rgb.map((value) => channel(value / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const found = parts(getComputedStyle(node).backgroundColor);
      if (found[3] !== 0) return found.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest("svg, script")) continue;
    const [one, other] = [light(parts(getComputedStyle(node).color).slice(0, 3)), light(behind(node))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) faint.add(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
  }
  return [...faint];
}"""
