"""The console report: what a person reads, and what can never reach the terminal."""

import io
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from conformance.clients.reading import Reading, ReadingEnd
from conformance.clients.survey import CLIENTS
from conformance.judging.report import Report
from conformance.reports.console import render, render_result, show
from tests.conformance.reports.foreign_text import with_message

SNAPSHOTS = Path(__file__).parent
COPIED_WHOLE = ("curl ", "  Reference")


def shown(report: Report, *, width: int = 100, colour: bool = False, encoding: str = "utf-8", verbose: bool = False):
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    colours = {"color_system": "truecolor", "force_terminal": True} if colour else {"force_terminal": False}
    show(report, Console(file=file, width=width, **colours), verbose=verbose)  # type: ignore[arg-type]
    file.seek(0)
    return file.read()


@pytest.mark.parametrize("kind", ["failing", "passing"])
def test_page_is_as_it_was_agreed(kind: str, request: pytest.FixtureRequest) -> None:
    """The whole page of a failing and of a passing report; after a wanted change, store the new page."""
    expected = (SNAPSHOTS / f"console_{kind}.txt").read_text("utf-8")
    # The table of clients names the releases that are installed; its own test looks at it.
    assert render(replace(request.getfixturevalue(f"{kind}_report"), clients=())) == expected


def test_each_client_has_a_row(passing_report: Report) -> None:
    """What it gets, whether the final is among it, and how it ends."""
    whole = passing_report.clients[0]
    broken = Reading(events=(), end=ReadingEnd.RAISED, error="SyntaxError")
    other = replace(whole, client=CLIENTS["fal-js"], reading=broken, delivered=1, expected=3, has_final=False)
    page = " ".join(render(replace(passing_report, clients=(whole, other))).split())
    assert [said in page for said in ("2 of 2 none seen ends normally", "1 of 3 lost raises SyntaxError")] == [
        True,
        True,
    ]


def test_unreachable_endpoint_is_said_once(unreachable_report: Report) -> None:
    """When nobody answered, the first line says why, and no rule repeats it."""
    page = render(unreachable_report)
    said = r"✗ NOTHING JUDGED: could not connect: refused \x1b[2J[red]by[/red] 192.0.2.1"
    assert (page.splitlines()[0], page.count("refused"), "family" in page) == (said, 1, False)


def test_cut_off_run_is_not_called_a_success(cut_off_report: Report) -> None:
    """Passed rules are no verdict when the stream was not read to its end."""
    assert render(cut_off_report).splitlines()[0] == "✗ NOTHING JUDGED: the run was cut off before the stream ended"


def test_strict_counts_a_should_as_failure(strict_report: Report) -> None:
    """With strict, a SHOULD that falls short is a failure, in the first line and in its block."""
    page = render(strict_report)
    assert (page.splitlines()[0], "✗ SHOULD H91 weak-head" in page) == ("✗ FELL SHORT: 1 SHOULD", True)


def test_verbose_lists_every_rule_once_with_its_reason(failing_report: Report) -> None:
    """With verbose, each rule has its line, and what did not apply says why."""
    page = shown(failing_report, verbose=True)
    part = page[page.index("Every rule") : page.index("3 failures ")]
    listed = [line.split()[1] for line in part.splitlines()[1:] if line]
    assert listed == [result.rule.id for result in failing_report.results]
    assert "– J90 unread-payload      MUST not applicable: S90 failed" in part  # noqa: RUF001 - the dash we print


def test_first_line_is_repeated_below_the_faults(failing_report: Report) -> None:
    """A reader at the end of a long page sees the verdict without scrolling up."""
    lines = render(failing_report).splitlines()
    assert lines[0] == lines[-1]


def test_known_failure_that_passes_asks_to_be_removed(failing_report: Report) -> None:
    """The list of known failures can only shrink."""
    assert "✗ MUST F91 late-final: passes now: remove it from the list (final team: fixed" in render(failing_report)


def test_known_failures_are_listed_the_urgent_first(failing_report: Report) -> None:
    """Each entry says in one line what came of it; what fails the run comes first, what is near its end is marked."""
    page = render(failing_report)
    part = page[page.index("Known failures ─") : page.index("1 rule unscored")]
    marked = [line.split()[:3:2] for line in part.splitlines()[1:] if line and not line.startswith(" ")]
    assert marked == [["✗", "F91"], ["✗", "F92"], ["✗", "F93"], ["–", "F90"], ["!", "F94"]]  # noqa: RUF001 - our dash


def test_newer_rules_say_that_they_do_not_count(failing_report: Report) -> None:
    """A rule that is not in the set is told with what it would have said."""
    page = render(failing_report)
    assert "1 rule unscored: newer than 2026.1" in page
    assert "– MUST R90 newer-demand: would have fallen short: the stream is torn" in page  # noqa: RUF001 - our dash


def test_commands_and_links_are_in_one_piece(failing_report: Report) -> None:
    """On a narrow terminal too, what is copied has no line break of ours in it."""
    lines = shown(failing_report, width=60).splitlines()
    command = (
        'curl -N -X POST https://fal.run/owner/app/stream -H "authorization: Key $FAL_KEY" '
        "-H 'content-type: application/json' --data-raw '{\"prompt\": \"it'\"'\"'s a red disc\"}'"
    )
    assert [line for line in lines if line.startswith("curl ")] == [command]
    assert {line.split()[1] for line in lines if line.startswith("  Reference")} == {
        result.rule.reference for result in failing_report.results
    }


@pytest.mark.parametrize("width", [60, 80, 100, 137, 200])
@pytest.mark.parametrize("verbose", [False, True])
def test_page_fits_its_width(width: int, verbose: bool, failing_report: Report) -> None:
    """Nothing but what is copied whole is wider than the terminal."""
    lines = shown(failing_report, width=width, verbose=verbose).splitlines()
    assert [line for line in lines if len(line) > width and not line.startswith(COPIED_WHOLE)] == []


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_terminal_without_unicode_gets_ascii(encoding: str, failing_report: Report) -> None:
    """Where Unicode cannot be shown, the page is whole in ASCII."""
    page = shown(with_message(failing_report, "café 図 \N{PILE OF POO}"), encoding=encoding, verbose=True)
    assert (page.isascii(), page[:13], r"caf\xe9 \u56f3 \U0001f4a9" in page) == (True, "x FELL SHORT:", True)


def test_markup_is_shown_as_it_was_written(failing_report: Report) -> None:
    """What looks like the markup of our own printer is text like any other."""
    text = "[bold]x[/bold] [/] :smile: [link=https://example.org]y[/link]"
    assert text in render(with_message(failing_report, text))


def test_colours_change_no_text(failing_report: Report) -> None:
    """A page in colour reads like a plain one."""
    from rich.text import Text

    plain = [line.rstrip() for line in shown(failing_report).splitlines()]
    coloured = Text.from_ansi(shown(failing_report, colour=True)).plain
    assert [line.rstrip() for line in coloured.splitlines()] == plain


@settings(deadline=None)  # other tests may run beside it
@given(text=st.text(st.characters(), max_size=60))
def test_no_text_commands_the_terminal(text: str, failing_report: Report) -> None:
    """Whatever an endpoint says, the page holds line breaks and characters that print, nothing else."""
    page = shown(with_message(failing_report, text), verbose=True)
    foreign = {character for character in page if unicodedata.category(character)[0] == "C" and character != "\n"}
    assert foreign == set()


def test_one_rule_can_be_shown_alone(failing_report: Report) -> None:
    """A rule's block is the same by itself as on the page."""
    torn = next(result for result in failing_report.results if result.rule.id == "S90")
    assert render_result(torn) in render(failing_report)


def test_untestable_rule_alone_says_why(failing_report: Report) -> None:
    """A rule without a finding shows the reason in its place."""
    untestable = next(result for result in failing_report.results if result.rule.id == "E90")
    assert "  not testable: invalid_input got no answer: nothing for 30 s\n" in render_result(untestable)
