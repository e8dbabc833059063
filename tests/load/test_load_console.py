"""What a person reads after a run."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from load.judged_run import JudgedRun
from load.objectives import Objective
from load.reports.console import print_run
from load.run import Mark, MarkKind
from load.stream_row import Outcome
from load.validity import Invalidity
from tests.load.rows import FAILED, a_run, stream

COMPLETE = stream(planned_ns=10**9)


def printed(*rows, objectives: tuple[str, ...] = (), invalid: tuple[Invalidity, ...] = (), **fields) -> list[list[str]]:
    """The words of each line, without the table's frame."""
    console = Console(file=io.StringIO(), width=120)
    run = a_run(*rows, seconds=2, **fields)
    judged = JudgedRun.of(run, tuple(map(Objective.parse, objectives)))
    print_run(console, replace(judged, invalid=invalid))
    return [line.replace("│", " ").split() for line in console.file.getvalue().splitlines()]


def test_the_first_line_says_what_was_run_and_how_it_went():
    """Scenario, endpoint as it was given, and streams by what became of them."""
    others = [replace(COMPLETE, outcome=outcome) for outcome in (Outcome.CUT_SHORT, Outcome.LEFT)]
    text = " ".join(printed(COMPLETE, replace(COMPLETE, is_warm_up=True), FAILED, *others)[0])
    assert text == (
        "steady on http://[::1]/stream: 5 streams, 2 complete, 1 failed, 1 left on purpose, "
        "1 cut short by the end of the run, 1 of all to warm up"
    )


def test_metrics_are_shown_with_how_many_streams_they_are_of():
    """Exact values, and no p95 of too few streams."""
    lines = printed(COMPLETE, COMPLETE)
    assert ["time", "to", "first", "preview", "2", "n<5", "n<59", "n<299", "200", "ms"] in lines
    assert ["longest", "gap", "2", "n<5", "n<59", "n<299", "400", "ms"] in lines
    assert ["images", "per", "second", "1/s"] in [line[:4] for line in lines]


def test_failures_are_counted_by_kind_and_detail():
    """Text from the endpoint is shown as it came, brackets included."""
    assert ["HTTP", "status", "2", "503", "[busy]"] in printed(FAILED, COMPLETE, FAILED)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ttfp_max < 1 s", ["ttfp_max", "<", "1", "s", "never", "came", "2", "fell", "short"]),
        ("ttfp_min < 1 s", ["ttfp_min", "<", "1", "s", "200", "ms", "2", "held"]),
        ("ttfp_p99 > 1 s", ["ttfp_p99", ">", "1", "s", "-", "2", "of", "299", "not", "testable"]),
        (
            "steps_per_second_per_gpu > 1",
            ["steps_per_second_per_gpu", ">", "1/s", "-", "0", "of", "1", "not", "testable"],
        ),
    ],
)
def test_each_objective_has_a_line(text, words):
    """The objective, what was measured, of how many streams, and the verdict."""
    assert words in printed(COMPLETE, FAILED, objectives=(text,))


def test_marks_and_doubts_are_told():
    """What happened on the way, and why none of it may be believed."""
    lost = Mark(at_ns=1, kind=MarkKind.WORKER_LOST, text="worker 1 went silent")
    lines = printed(COMPLETE, marks=(lost,), invalid=(Invalidity(reason="the generator was late"),))
    assert lines[-2:] == [["worker", "1", "went", "silent"], ["invalid:", "the", "generator", "was", "late"]]
