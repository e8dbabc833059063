"""Metrics from instants."""

import inspect
from pathlib import Path

import pytest

import load.metrics
from load.metrics import (
    FIRST_PREVIEW,
    IMAGES_PER_SECOND,
    INTER_PREVIEW_LATENCY,
    LONGEST_GAP,
    METRICS,
    PREVIEWS_PER_SECOND,
    TIME_TO_FINAL,
)
from load.stream_row import Outcome, StreamRow

MS = 1_000_000


def row(**changes) -> StreamRow:
    """A progress event, two previews and the final, 100 ms after being sent and 100, 200 and 400 ms apart."""
    fields = {
        "planned_ns": 0,
        "sent_ns": 1_000 * MS,
        "head_ns": 1_010 * MS,
        "event_ns": (1_100 * MS, 1_200 * MS, 1_400 * MS, 1_800 * MS),
        "pictures": (1, 2, 3),
        "end_ns": 1_850 * MS,
        "status": 200,
        "outcome": Outcome.COMPLETE,
    }
    return StreamRow(**{**fields, **changes})


@pytest.mark.parametrize(
    ("metric", "seconds"),
    [
        (FIRST_PREVIEW, (0.2,)),
        (TIME_TO_FINAL, (0.8,)),
        (INTER_PREVIEW_LATENCY, (0.2,)),
        (LONGEST_GAP, (0.4,)),
    ],
)
def test_each_metric_follows_its_formula(metric, seconds):
    """Progress events are no previews, and the final ends the previews."""
    assert metric.of(row()) == seconds


def test_a_failed_stream_has_previews_but_no_final():
    """The last picture of a stream that failed is a preview like the others."""
    failed = row(outcome=Outcome.TRUNCATED)
    assert FIRST_PREVIEW.of(failed) == (0.2,)
    assert INTER_PREVIEW_LATENCY.of(failed) == (0.2, 0.4)
    assert TIME_TO_FINAL.of(failed) == ()


def test_a_stream_without_events_has_no_values():
    """Nothing came, so nothing was measured."""
    nothing = row(event_ns=(), pictures=(), outcome=Outcome.UNREACHABLE)
    assert [metric.of(nothing) for metric in load.metrics.STREAM_METRICS] == [(), (), (), ()]


def test_the_longest_gap_reaches_to_the_end_of_the_body():
    """A server that keeps the stream open after the final keeps its readers waiting."""
    assert LONGEST_GAP.of(row(end_ns=4_800 * MS)) == (3.0,)


def test_rates_are_over_the_whole_window():
    """Counts are divided by the time from the first request to the end of the last stream."""
    rows = [row(), row(end_ns=5_000 * MS, outcome=Outcome.TIMED_OUT), row(outcome=Outcome.CUT_SHORT)]
    assert IMAGES_PER_SECOND.of(rows) == 1 / 4
    assert PREVIEWS_PER_SECOND.of(rows) == 8 / 4
    assert (IMAGES_PER_SECOND.of([]), PREVIEWS_PER_SECOND.of([])) == (None, None)


def test_every_metric_says_what_it_is():
    """A metric has a title, a formula and a source, and every module of metrics is in the table of them."""
    modules = {path.stem for path in Path(inspect.getfile(load.metrics)).parent.glob("[a-z]*.py")} - {"metric"}
    assert len(METRICS) == len(modules)
    assert all(metric.title and metric.formula and metric.source for metric in METRICS.values())
