"""Runs as lines of text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.errors import RunFileError
from load.run_file import Fingerprint, Run, read_run, write_run
from load.stream_row import Outcome, StreamRow
from tests.load.fingerprint import FINGERPRINT

instants = st.integers(0, 2**62)
rows = st.builds(
    StreamRow,
    planned_ns=instants,
    sent_ns=instants,
    head_ns=st.none() | instants,
    event_ns=st.lists(instants, max_size=5).map(tuple),
    pictures=st.lists(st.integers(0, 4), max_size=3).map(tuple),
    end_ns=instants,
    body_bytes=st.integers(0),
    status=st.none() | st.integers(100, 599),
    outcome=st.sampled_from(Outcome),
    detail=st.text(),
)
fingerprints = st.builds(
    Fingerprint,
    started_at=st.just("2026-11-22T12:00:00+00:00"),
    scenario=st.text(),
    endpoint=st.text(),
    users=st.none() | st.integers(1),
    run_seconds=st.none() | st.floats(0, 1e6),
    payload_sha256=st.text(),
    payload_bytes=st.integers(0),
    locust=st.text(),
    python=st.text(),
    machine=st.text(),
    processors=st.integers(1),
)
runs = st.builds(Run, fingerprint=fingerprints, rows=st.lists(rows, max_size=4).map(tuple))
A_RUN = Run(
    fingerprint=FINGERPRINT,
    rows=(StreamRow(planned_ns=1, sent_ns=1, end_ns=2, outcome=Outcome.UNREACHABLE, detail="refused"),) * 2,
)


@given(runs)
def test_a_run_reads_back_as_it_was_written(run):
    """Every instant comes back to the nanosecond, one line a stream."""
    lines = list(write_run(run))
    assert all(line.count("\n") == 1 and line.endswith("\n") for line in lines)
    assert read_run(lines) == run


@given(runs, st.data())
def test_a_file_that_was_cut_anywhere_keeps_every_whole_line(run, data):
    """A run that was killed while it wrote loses at most the stream it was writing."""
    text = "".join(write_run(run))
    first = text.index("\n") + 1
    cut = text[: data.draw(st.integers(first, len(text)))]
    kept = read_run(cut.splitlines(keepends=True)).rows
    assert kept == run.rows[: cut.count("\n") - 1]


@pytest.mark.parametrize(
    ("number", "change", "message"),
    [
        (1, {"format": "other"}, "line 1 .* expected format to be 'fal-stream-load-run'"),
        (1, {"version": 2}, "line 1 .* expected version to be 1"),
        (1, {"colour": "red"}, "line 1 .* unexpected keyword argument 'colour'"),
        (2, {"outcome": "splendid"}, "line 2 .* 'splendid' is not a valid Outcome"),
        (3, {"line": "comment"}, "line 3 .* expected line to be 'stream'"),
    ],
)
def test_a_file_that_is_not_a_run_is_refused_by_line(number, change, message):
    """The error names the line and what was expected there."""
    lines = list(write_run(A_RUN))
    lines[number - 1] = json.dumps({**json.loads(lines[number - 1]), **change}) + "\n"
    with pytest.raises(RunFileError, match=message):
        read_run(lines)


@pytest.mark.parametrize("lines", [[], ["{}"], ["null\n"], ["not JSON\n"]])
def test_a_file_without_a_run_is_refused(lines):
    """An empty, torn or foreign file is no run."""
    with pytest.raises(RunFileError):
        read_run(lines)
