"""Reports of real streams, and a browser that opens their pages."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.catalogue import load_catalogue
from conformance.core import Ending, Phases, StreamEnd
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Report
from conformance.profiles.profile_file import load_profile
from conformance.reports.html import render
from conformance.samples import SSE_HEADERS, answer, event, final, good_events, preview, stream
from tests.chromium import chromium

PROFILE = load_profile("fal-image")
HOSTILE = (
    "</script><script>window.evil=1</script><img src=x onerror='window.evil=1'><a href=\"javascript:evil()\">go</a>"
    "{{ 7 * 7 }} %{y} &lt;b&gt; \u202e\u2028 <!-- ]]>"
)


def _held() -> Report:
    refusal = answer("invalid_input", 422, {"detail": []})
    return evaluate([stream(*good_events()), refusal], PROFILE)


def _torn() -> Report:
    return evaluate([stream(*good_events()[:-1], event(final()).rstrip())], PROFILE)


def _unreachable() -> Report:
    end = StreamEnd(ending=Ending.UNREACHABLE, at_ns=3_000_000, detail="refused")
    return evaluate([replace(stream(), head=None, phases=Phases(), end=end)], PROFILE)


def _interrupted() -> Report:
    left = StreamEnd(ending=Ending.ABANDONED, at_ns=2_100_000_000, detail="interrupted")
    return evaluate([replace(stream(*good_events()[:3]), end=left)], PROFILE)


def _three_hundred_previews() -> Report:
    return evaluate([stream(*good_events(300), every_ms=120)], PROFILE)


def _repeated() -> Report:
    return evaluate([stream(*good_events(number)) for number in (4, 3, 5)], PROFILE)


def _hostile() -> Report:
    pictures = [{"url": f"https://127.0.0.1:9/{HOSTILE}", "content_type": HOSTILE}, {"url": "data:image/png;base64,!"}]
    events = [event(preview(step, note=HOSTILE, image=item)) for step, item in enumerate(pictures, start=1)]
    comment = f": {HOSTILE}\n\n".encode()
    failed = event({**final(), "error": HOSTILE, "seed": HOSTILE})
    headers = (*SSE_HEADERS, ("x-hostile", HOSTILE))
    report = evaluate([stream(*events, comment, failed, headers=headers)], replace(PROFILE, name=HOSTILE))
    return replace(report, endpoint=f"javascript:{HOSTILE}", started_at=HOSTILE)


def _all_wrong() -> Report:
    """Every rule as it stands on its own first violator: as many findings as a page can get."""
    wrong = []
    for rule in load_catalogue().rules.values():
        sample = rule.fails[0]
        profile = replace(PROFILE, conventions=sample.conventions)
        judged = evaluate(sample.transcripts, profile, selected=frozenset({rule.id}), baseline=sample.baseline)
        wrong.extend(judged.results)
    return replace(_torn(), results=tuple(wrong))


REPORTS: dict[str, Callable[[], Report]] = {
    "held": _held,
    "torn": _torn,
    "unreachable": _unreachable,
    "interrupted": _interrupted,
    "three hundred previews": _three_hundred_previews,
    "repeated": _repeated,
    "hostile": _hostile,
    "all wrong": _all_wrong,
}


@pytest.fixture(scope="session", params=REPORTS)
def any_report(request: pytest.FixtureRequest) -> Report:
    return REPORTS[request.param]()


@pytest.fixture(scope="session")
def torn_report() -> Report:
    return _torn()


@pytest.fixture(scope="session")
def hostile_report() -> Report:
    return _hostile()


@pytest.fixture(scope="session")
def long_report() -> Report:
    return _three_hundred_previews()


@pytest.fixture(scope="session")
def repeated_report() -> Report:
    return _repeated()


# Playwright runs an event loop in the thread of the tests, so it must be gone when another module wants one of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless chromium, where this machine has one."""
    with chromium() as browser:
        yield browser


class OpenPage:
    """A report in a tab of the browser, and whatever it complained of or asked for."""

    def __init__(self, browser: Any, path: Path, **settings: Any) -> None:
        self._context = browser.new_context(**settings)
        self.tab = self._context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.goto(path.as_uri())

    def see_all(self) -> None:
        """Open what is folded and scroll every chart into view, until all are drawn."""
        self.tab.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
        for chart in self.tab.query_selector_all(".chart"):
            chart.scroll_into_view_if_needed()
        drawn = "[...document.querySelectorAll('.chart')].every((node) => node.querySelector('.main-svg .xtick'))"
        self.wait_until(drawn)

    def wait_until(self, condition: str) -> None:
        """Ask until the condition holds; the page's policy would not let the browser evaluate it again and again."""
        deadline = time.monotonic() + 20
        while not self.tab.evaluate(condition):
            assert time.monotonic() < deadline, condition
            self.tab.wait_for_timeout(20)

    def count(self, selector: str) -> int:
        return len(self.tab.query_selector_all(selector))

    def text(self, selector: str) -> str:
        return str(self.tab.inner_text(selector))

    def value(self, script: str) -> Any:
        return json.loads(self.tab.evaluate(f"JSON.stringify({script})"))

    def loaded(self) -> list[str]:
        """What was asked for beside the page itself and its own data."""
        return [url for url in self.asked[1:] if not url.startswith("data:")]

    def close(self) -> None:
        self._context.close()


@pytest.fixture(scope="module")
def any_page(any_report: Report, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenPage]:
    """Each report in a tab that many tests look at and none changes; everything is open and drawn."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(any_report), "utf-8")
    page = OpenPage(browser, path, viewport={"width": 1200, "height": 800}, color_scheme="light")
    page.see_all()
    yield page
    page.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[..., OpenPage]]:
    """Open a report's page; every tab is closed with the test."""
    pages: list[OpenPage] = []

    def open_(report: Report, **settings: Any) -> OpenPage:
        path = tmp_path / "report.html"
        path.write_text(render(report), "utf-8")
        pages.append(OpenPage(browser, path, **settings))
        return pages[-1]

    yield open_
    for page in pages:
        page.close()
