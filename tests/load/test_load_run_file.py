"""Runs as lines of text."""

import io
import json
from enum import Enum
from types import UnionType
from typing import get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.errors import RunFileError
from load.run import Fingerprint, GeneratorTick, Mark, Run, RunEnd, ServerSample
from load.run_file import read_run, write_run
from load.stream_row import StreamRow
from tests.load.rows import FAILED, a_run

SIMPLE = {
    # A run of 146 years is shorter.
    int: st.integers(0, 2**62),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(),
    bool: st.booleans(),
    type(None): st.none(),
}


def values(hint) -> st.SearchStrategy:
    """Any value that the annotation of a field allows."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    parts = get_args(hint)
    if get_origin(hint) is UnionType:
        return st.one_of(*map(values, parts))
    if parts and parts[-1] is Ellipsis:
        return st.lists(values(parts[0]), max_size=3).map(tuple)
    return st.tuples(*map(values, parts)) if parts else records(hint)


def records(type_) -> st.SearchStrategy:
    """Any record of a run, with every field drawn."""
    if issubclass(type_, Enum):
        return st.sampled_from(type_)
    return st.builds(type_, **{name: values(hint) for name, hint in get_type_hints(type_).items()})


def lists(type_) -> st.SearchStrategy:
    return st.lists(records(type_), max_size=3).map(tuple)


runs = st.builds(
    Run,
    fingerprint=records(Fingerprint),
    rows=lists(StreamRow),
    ticks=lists(GeneratorTick),
    samples=lists(ServerSample),
    marks=lists(Mark),
    end=st.none() | records(RunEnd),
)
A_RUN = a_run(FAILED, FAILED)


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
    kept = read_run(io.StringIO(cut)).rows
    assert kept == run.rows[: cut.count("\n") - 1]


@pytest.mark.parametrize(
    ("number", "change", "message"),
    [
        (1, {"format": "other"}, "line 1 .* expected format to be 'fal-stream-load-run'"),
        (1, {"version": 3}, "line 1 .* expected version to be 2"),
        (2, {"outcome": "splendid"}, "line 2 .* Invalid enum value 'splendid' - at `[$].outcome`"),
        (2, {"sent_ns": "soon"}, "line 2 .* Expected `int`, got `str` - at `[$].sent_ns`"),
        (3, {"line": "comment"}, "line 3 .* expected a line of kind stream, tick, .*, found 'comment'"),
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
