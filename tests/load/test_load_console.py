"""What a person reads after a run."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from load.objectives import judge, parse_objectives
from load.reports.console import print_run, print_verdicts
from load.run_file import Run
from load.stream_row import Outcome, StreamRow
from tests.load.fingerprint import FINGERPRINT

MS = 1_000_000
COMPLETE = StreamRow(
    planned_ns=0,
    sent_ns=0,
    head_ns=0,
    event_ns=(100 * MS, 300 * MS, 700 * MS),
    pictures=(0, 1, 2),
    end_ns=1000 * MS,
    status=200,
    outcome=Outcome.COMPLETE,
)
FAILED = StreamRow(planned_ns=0, sent_ns=0, end_ns=MS, status=503, outcome=Outcome.HTTP_STATUS, detail="503 [busy]")


def printed(rows: list[StreamRow], objectives: dict[str, object] | None = None) -> list[list[str]]:
    """The words of each line, without the table's frame."""
    console = Console(file=io.StringIO(), width=100)
    print_run(console, Run(fingerprint=FINGERPRINT, rows=tuple(rows)))
    print_verdicts(console, judge(parse_objectives(objectives or {}), rows))
    return [line.replace("│", " ").split() for line in console.file.getvalue().splitlines()]


def test_the_first_line_says_what_was_run_and_how_it_went():
    """Scenario, endpoint as it was given, and streams by what became of them."""
    cut = replace(COMPLETE, outcome=Outcome.CUT_SHORT)
    text = " ".join(printed([COMPLETE, COMPLETE, FAILED, cut])[0])
    assert text == ("steady on http://[::1]/stream: 4 streams, 2 complete, 1 failed, 1 cut short by the end of the run")


def test_metrics_are_shown_with_how_many_values_they_are_of():
    """Exact seconds, and no p95 of too few streams."""
    lines = printed([COMPLETE, COMPLETE])
    assert ["time", "to", "first", "preview", "2", "0.100", "n<20", "0.100", "s"] in lines
    assert ["longest", "gap", "2", "0.400", "n<20", "0.400", "s"] in lines
    assert ["throughput:", "4.000", "previews", "per", "second,", "2.000", "images", "per", "second"] in lines


def test_failures_are_counted_by_kind_and_detail():
    """Text from the endpoint is shown as it came, brackets included."""
    assert ["HTTP", "status", "2", "503", "[busy]"] in printed([FAILED, COMPLETE, FAILED])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("max<1s", ["ttfp:max<1s", "never", "came", "2", "fell", "short"]),
        ("min<1s", ["ttfp:min<1s", "0.100", "s", "2", "held"]),
        ("p(99)<1s", ["ttfp:p(99)<1s", "-", "2", "of", "100", "not", "enough", "streams"]),
    ],
)
def test_each_objective_has_a_line(text, words):
    """The objective, what was measured, of how many streams, and the verdict."""
    assert words in printed([COMPLETE, FAILED], {"ttfp": text})
