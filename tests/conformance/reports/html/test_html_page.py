"""The page as text: what is in it, what its policy allows, what it costs who does not ask for it."""

import base64
import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.judging.report import Report
from conformance.reports import render
from conformance.reports.wording import headline
from conformance.stream.finding import Finding


class Elements(HTMLParser):
    """The elements of a page, as a parser of HTML counts them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def test_same_report_gives_the_same_page(torn_report: Report) -> None:
    """A page says nothing of when or where it was written."""
    assert render(torn_report, "html") == render(torn_report, "html")


def test_policy_names_exactly_the_scripts_of_the_page(torn_report: Report) -> None:
    """Each script that runs is named by its hash, and there is no other."""
    page = render(torn_report, "html")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert re.findall(r"sha256-([^& ]*?)&#39;", policy.group(1).replace("'", "&#39;")) == hashes
    assert "default-src &#39;none&#39;" in policy.group(1)


def test_page_without_charts_is_small(unreachable_report: Report) -> None:
    """Where nobody answered there is nothing to draw, and nothing to draw it with."""
    assert len(render(unreachable_report, "html")) < 50_000


def test_first_heading_is_the_verdict(failing_report: Report) -> None:
    """The title of the page is its verdict, as every other format says it."""
    assert headline(failing_report) in re.sub(r"<[^>]*>", "", render(failing_report, "html").partition("</h1>")[0])


def test_every_generation_is_told(repeated_report: Report) -> None:
    """Of several generations each has its place, its charts and its pictures."""
    page = render(repeated_report, "html")
    assert [f'id="timeline-{number}"' in page for number in (1, 2, 3)] == [True, True, True]
    assert [f"generation {number} of 3" in page for number in (1, 2, 3)] == [True, True, True]


def test_report_of_everything_has_every_section(failing_report: Report) -> None:
    """Failures, warnings, known failures, newer rules and notes each have a section of their own."""
    page = render(failing_report, "html")
    wanted = ("failures", "warnings", "known-failures", "unscored", "notes", "rules", "exchanges", "reproduce")
    assert [name for name in wanted if f'<section id="{name}"' not in page] == []


@settings(deadline=None, max_examples=40)
@given(text=st.one_of(st.text(min_size=1, max_size=40), st.text("<>&'\"/{}%scriptonload=!-", min_size=1, max_size=30)))
def test_no_text_becomes_markup(text: str, failing_report: Report) -> None:
    """Whatever stands in the report, the page has the same elements, addresses and handlers."""
    plain, bent = (Elements(render(_saying(failing_report, said), "html")) for said in ("text", text))
    assert (bent.tags, bent.addresses, bent.handlers) == (plain.tags, plain.addresses, plain.handlers)


def _saying(report: Report, text: str) -> Report:
    """The report with the text wherever an endpoint (or a file) could have put it; one exchange, no charts."""
    finding = Finding(message=text, probe=text, byte_offset=7, at_ns=1)
    results = tuple(
        replace(
            item,
            findings=(finding,) if item.findings else (),
            notes=(finding,) if item.notes else (),
            reason=text if item.reason else "",
        )
        for item in report.results
    )
    silent = replace(report.transcripts[0], chunks=(), end=replace(report.transcripts[0].end, detail=f"said {text}"))
    profile = replace(report.profile, name=text)
    return replace(
        report,
        endpoint=text,
        profile=profile,
        started_at=f"at {text}",
        results=results,
        transcripts=(silent,),
        timings=None,
        clients=(),
    )


def test_other_formats_do_not_pay_for_it() -> None:
    """A run without the page imports neither plotly nor jinja."""
    script = "import sys, conformance.cli; sys.exit(bool({'plotly', 'jinja2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("missing", ["plotly", "jinja2"])
def test_missing_library_is_told_before_anything_is_spent(missing: str) -> None:
    """Without the extra, asking for the page is a usage error that says what to install."""
    script = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from conformance.cli import main\n"
        "main(['check', 'http://127.0.0.1:9/stream', '--report', 'html=-'])"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    said = (
        f"Error: the html report needs '{missing}', which is not installed: "
        "python3 -m pip install 'fal-stream-conformance[html]'\n"
    )
    assert (ended.returncode, ended.stderr) == (2, said)
