"""The report that writes the list of known failures, and the list it is read back as."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Catalogue
from conformance.core import ProfileError
from conformance.judging.known_failures import KnownFailures, parse_known_failures
from conformance.judging.report import Outcome, Report
from conformance.reports.known_failures import render
from tests.conformance.reports.conftest import CATALOGUE, judged, recorded

TODAY = date(2026, 1, 2)
TORN = recorded(b'data: {"step": 1}\n\n', b"data: [1, \x00]\n\n", b'data: {"final": "\xc3\xa9"', weak=True)


def filled_in(text: str) -> str:
    text = re.sub(r'^expires = "\?"', "expires = 2026-06-30", text, flags=re.MULTILINE)
    return re.sub(r'^(reason|owner) = "\?"', r'\1 = "somebody"', text, flags=re.MULTILINE)


def read(text: str, catalogue: Catalogue = CATALOGUE) -> KnownFailures:
    return parse_known_failures(text, catalogue, today=TODAY)


def test_a_list_is_refused_until_it_is_filled_in(failing_report: Report) -> None:
    """Nobody excuses a failure without saying why, who and how long."""
    with pytest.raises(ProfileError, match=r"is '\?', expected words that say it"):
        read(render(failing_report))


def test_what_it_writes_excuses_the_run_it_was_written_for() -> None:
    """Filled in, the same evidence holds, and every entry is as expected."""
    first = judged([TORN])
    again = judged([TORN], known_failures=read(filled_in(render(first))))
    assert (first.outcome, again.outcome) == (Outcome.FELL_SHORT, Outcome.HELD)
    assert (again.warnings, render(again)) == ((), filled_in(render(first)))


def test_entries_that_tell_the_truth_are_kept(failing_report: Report) -> None:
    """What passes now goes, what changed gets its symptom beside the old one, what expired asks for a new day."""
    listed = read(filled_in(render(failing_report))).entries
    kept = {id_: (item.reason, item.expires, item.symptoms) for id_, item in listed.items() if id_.startswith("F")}
    assert kept == {
        "F90": ("the final is being rewritten", date(2026, 3, 31), ()),
        "F92": ("the final is late", date(2026, 3, 31), ("0badf00d", "10bd1039")),
        "F93": ("the mark is being discussed", date(2026, 6, 30), ()),
        "F94": ("the disk is slow", date(2026, 1, 11), ()),
    }


def test_what_does_not_count_is_not_listed(failing_report: Report, passing_report: Report) -> None:
    """Notes, rules that are newer than the set, and what passed need no excuse."""
    assert sorted(read(filled_in(render(failing_report))).entries) == [
        *("E90", "E91", "F90", "F92", "F93", "F94", "H91", "S90"),
    ]
    assert read(render(passing_report)).entries == {}


def test_each_symptom_is_shown_beside_what_was_seen(failing_report: Report) -> None:
    """A person sees what they excuse."""
    assert r"#   0161ee68  event 1 is '[1, \x00]', expected an object" in render(failing_report).splitlines()


@given(text=st.text().filter(lambda text: any(map(str.isalnum, text))))
def test_any_words_survive(text: str, failing_report: Report) -> None:
    """Quotes, line breaks and whatever else a reason holds come back as they were."""
    results = tuple(
        replace(item, excuse=replace(item.excuse, entry=replace(item.excuse.entry, reason=text, owner=text)))
        for item in failing_report.results
        if item.excuse is not None
    )
    listed = read(filled_in(render(replace(failing_report, results=results)))).entries
    assert {(item.reason, item.owner) for item in listed.values()} == {(text, text)}
