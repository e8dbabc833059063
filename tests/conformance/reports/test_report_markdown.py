"""The Markdown report: what a reader sees on GitHub, how long it may be, and what an endpoint cannot put into it."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conformance.clients.reading import Reading, ReadingEnd
from conformance.judging.report import Report
from conformance.reports.markdown import MOST_CHARACTERS, render
from conformance.reports.markdown_text import cell, code, fenced, prose
from conformance.stream.finding import Excerpt, Finding
from tests.conformance.reports.foreign_text import with_message

MARKUP = st.characters() | st.sampled_from("`|<>&:\n\r\\[]()#@*_~$!-= ")
HOSTILE = st.text(MARKUP, min_size=1) | st.sampled_from(
    [
        "`` `x` ``",
        "</code></details><script>alert(1)</script>",
        "[click](https://evil.example)",
        "![](https://evil.example/a.png)",
        "@everyone #1 owner/app#2 https://evil.example www.evil.example",
        "| a | b |\n| - | - |",
        "\n\n# HELD",
        "```\n```",
        "\\`",
        "<!--",
    ]
)


class Page(HTMLParser):
    """What a browser would make of it: the tags in order, and the text that is not within code."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said = ""
        self.codes: list[str] = []
        self._depth = 0
        reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        self.feed(reader.render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "code":
            self._depth += 1
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")
        self._depth -= tag == "code"

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.codes[-1] += data
        else:
            self.said += data

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")


def bent(report: Report, text: str) -> Report:
    """The report with the text in every place that an endpoint can fill, an exception of a client included."""
    clients = tuple(
        replace(item, reading=Reading(events=(), end=ReadingEnd.RAISED, error=text)) for item in report.clients
    )
    return replace(with_message(report, text), clients=clients)


def test_verdict_comes_first(failing_report: Report) -> None:
    """The first line is the headline, and what fell short comes before what warned."""
    text = render(failing_report)
    assert text.splitlines()[0] == (
        "### ❌ FELL SHORT: 2 MUST, 3 known failures out of date, 2 warnings, 1 known failure about to expire"
    )
    assert 0 < text.index("#### Fell short (5)") < text.index("#### Warnings (2)") < text.index("Reproduce")


@pytest.mark.parametrize(
    "said",
    [
        r"event 1 is '[1, \x00]', expected an object",
        "generation, event 1, byte 19, at 1000.0 ms",
        r'data: {"step": 1}\n\ndata: [1, \x00]\n\ndata: {"final": "\xc3\xa9"',
        "known failure: passes now".removeprefix("known failure: "),
        "not testable: the answer was cut off".removeprefix("not testable: "),
        "https://fal.run/owner/app/stream",
        "raises SyntaxError",
    ],
)
def test_page_shows_what_was_seen(said: str, failing_report: Report) -> None:
    """Message, place, bytes, excuses and clients are there, word for word."""
    assert [text for text in Page(render(failing_report)).codes if said in text] != []


def test_fault_is_marked(failing_report: Report) -> None:
    """A caret stands below the byte."""
    shown = next(text for text in Page(render(failing_report)).codes if text.startswith("data: "))
    line, marks = shown.splitlines()
    assert line[marks.index("^") :].startswith("data: [1, ")


def test_page_says_how_to_mend_and_how_to_see_it(failing_report: Report) -> None:
    """Each fault has its fix; one line of curl shows it."""
    page = Page(render(failing_report))
    assert 'Fix: End every event with two line breaks: f"data: {json}\\n\\n".' in page.said
    assert [text for text in page.codes if text.startswith("curl -N -X POST https://fal.run/owner/app/stream")] != []


@settings(deadline=None)  # other tests may run beside it
@given(text=HOSTILE)
def test_no_text_of_an_endpoint_is_markup(text: str, failing_report: Report) -> None:
    """It makes no tag, link, heading or row, and calls nobody: outside of code the page is the same."""
    harmless, found = Page(render(bent(failing_report, "x"))), Page(render(bent(failing_report, text)))
    assert (found.tags, found.said) == (harmless.tags, harmless.said)


@settings(deadline=None)
@given(text=HOSTILE)
def test_a_run_that_judged_nothing_quotes_its_reason(text: str, unreachable_report: Report) -> None:
    """The reason stands in the headline, where the endpoint has a say as well."""

    def unreached(detail: str) -> Report:
        transcripts = tuple(
            replace(item, end=replace(item.end, detail=detail)) for item in unreachable_report.transcripts
        )
        return replace(unreachable_report, transcripts=transcripts)

    harmless, found = Page(render(unreached("x"))), Page(render(unreached(text)))
    assert (found.tags, found.said) == (harmless.tags, harmless.said)


@settings(deadline=None, max_examples=30)
@given(text=st.text(MARKUP), count=st.integers(1, 60), times=st.integers(1, 2000))
def test_no_report_is_longer_than_a_comment_may_be(text: str, count: int, times: int, failing_report: Report) -> None:
    """However much an endpoint says in however many findings; and what was opened is closed."""
    finding = Finding(message=text * times, probe=text, excerpt=Excerpt.around(b"`" * 200, 100))
    results = tuple(
        replace(item, findings=item.findings and (finding,) * count, reason=item.reason and text * times)
        for item in failing_report.results
    )
    written = render(bent(replace(failing_report, results=results * 9), text * times))
    assert len(written) <= MOST_CHARACTERS
    assert written.count("<details") == written.count("</details>")


def test_rules_for_which_there_is_no_room_are_named(failing_report: Report) -> None:
    """Nothing that fell short is passed over in silence."""
    finding = Finding(message="m" * 1000, probe="generation")
    torn = next(item for item in failing_report.results if item.rule.id == "S90")
    many = tuple(
        replace(torn, rule=replace(torn.rule, id=f"S{number:02}"), findings=(finding,) * 3) for number in range(90)
    )
    written = render(replace(failing_report, results=many))
    assert [f"S{number:02}" for number in range(90) if f"MUST S{number:02} " not in written.replace("</b>", "")] == []


@settings(deadline=None)
@given(text=st.text(MARKUP))
def test_code_holds_any_text(text: str) -> None:
    """A span, a fenced block and a cell each show one text, and nothing else of the page is touched."""
    pages = [Page(f"a {code(text)} b"), Page(f"a\n\n{fenced(text)}\n\nb"), Page(f"| a |\n| - |\n| {cell(text)} |")]
    assert [len(page.codes) for page in pages] == [1, 1, 1]
    assert [page.said.split() for page in pages] == [["a", "b"], ["a", "b"], ["a"]]


def test_words_of_ours_say_what_they_say() -> None:
    """Brackets, stars and at signs in a rule's text are no markup, and call nobody."""
    page = Page(prose("use *two* [a](b) <br> `c_d_e` ~~x~~ & @fal-ai/client"))
    assert (page.said.strip(), page.codes) == ("use *two* [a](b) <br> `c_d_e` ~~x~~ &", ["@fal-ai/client"])
