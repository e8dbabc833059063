"""The command `compare`, over a real history."""

import json

import pytest
from click.testing import CliRunner, Result

from load.comparison.command import compare
from load.history.history import History
from load.history.labels import Labels
from tests.load.history.run_files import run_file


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> str:
    """Twenty runs of the base around 110 ms, three of a slow candidate, and one of a new release."""
    folder = tmp_path_factory.mktemp("compare")
    kept = str(folder / "history")
    with History.open(kept, is_made=True) as history:
        for number in range(20):
            history.add(run_file(folder, number), Labels(branch="main", tag="base"))
        for number in (60, 61, 62):
            history.add(run_file(folder, number), Labels(branch="main", commit="slow123"))
        history.add(run_file(folder, 80), Labels(tag="v2"))
        history.add(run_file(folder, 90, users=8), Labels(tag="other users"))
    return kept


def ran(place: str, *arguments: str) -> Result:
    return CliRunner().invoke(compare, [*arguments, "--history", place])


def test_three_slow_runs_end_with_1(place):
    """The sentence names the figure and its change."""
    ended = ran(place, "tag:base", "commit:slow")
    assert (ended.exit_code, "regressed: median time to first preview +" in ended.stdout) == (1, True), ended.output
    assert "20 runs of the base, 3 of the candidate" in ended.stdout


def test_one_slow_run_warns_and_ends_with_0(place):
    """It says what confirms it."""
    ended = ran(place, "tag:base", "tag:v2")
    assert (ended.exit_code, "warning: it looks slower" in ended.stdout) == (0, True)
    assert ran(place, "tag:base", "tag:v2", "--fail-on-warning").exit_code == 1
    assert ran(place, "tag:base", "tag:v2", "--strict").exit_code == 3


def test_the_same_runs_are_no_regression(place):
    """Against themselves."""
    ended = ran(place, "tag:base", "tag:base", "--margin", "20 %")
    assert (ended.exit_code, "no regression larger than 20 %" in ended.stdout) == (0, True), ended.output


def test_the_newest_runs_of_a_branch(place):
    """`last:3@main` are the slow ones."""
    ended = ran(place, "tag:base", "last:3@main", "--format", "json")
    told = json.loads(ended.stdout)
    assert (told["verdict"], told["candidate_runs"]) == ("regressed", 3)


def test_markdown_is_for_a_pull_request(place):
    """A heading, a table, the number of runs."""
    lines = ran(place, "tag:base", "commit:slow", "--format", "markdown").stdout.splitlines()
    assert lines[0].startswith("### regressed: ")
    assert lines[2] == "| figure | base → candidate | change | bounds | verdict |"


def test_files_need_no_history(tmp_path):
    """Two run files: too few to say anything."""
    base, candidate = run_file(tmp_path, 1), run_file(tmp_path, 50)
    ended = ran(str(tmp_path / "none"), str(base), str(candidate))
    assert (ended.exit_code, "not enough data: too few runs" in ended.stdout) == (0, True), ended.output
    assert not (tmp_path / "none").exists()


def test_a_folder_of_files_is_a_side(tmp_path):
    """With no history either; other files are not read."""
    for side, numbers in (("base", range(20)), ("candidate", (60, 61, 62))):
        (tmp_path / side).mkdir()
        for number in numbers:
            run_file(tmp_path / side, number)
    (tmp_path / "base" / "notes.txt").write_text("hello")
    ended = ran(str(tmp_path / "none"), str(tmp_path / "base"), str(tmp_path / "candidate"))
    assert (ended.exit_code, "20 runs of the base, 3 of the candidate" in ended.stdout) == (1, True), ended.output


def test_a_file_that_is_no_run_is_named(tmp_path):
    """With what is wrong with it."""
    path = tmp_path / "broken.jsonl"
    path.write_text("{}")
    ended = ran(str(tmp_path / "none"), str(path), str(path))
    assert (ended.exit_code, f"{path.name}: the file is neither" in " ".join(ended.output.split())) == (2, True)


def test_a_regression_by_a_single_run_only_warns(place):
    """However sure the bounds are: a second fresh run has to bear it out."""
    arguments = (place, "tag:base", "tag:v2", "--false-alarm-rate", "20 %")
    ended = ran(*arguments)
    assert (ended.exit_code, "warning: regressed: median time to first preview +" in ended.stdout) == (0, True)
    assert ran(*arguments, "--fail-on-warning").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tag:none", "tag:v2"), "the history has no run for 'tag:none'"),
        (("tag:base", "zzzz"), "no run whose name begins with 'zzzz'"),
        (("tag:base", "lost:3"), "'lost:3' names no runs; expected a run file"),
        (("tag:base", "gone.jsonl"), "there is no file gone.jsonl"),
        (("tag:base", "tag:v2", "--margin", "x"), "the margin is 'x', expected a share"),
        (("tag:base", "tag:v2", "--false-alarm-rate", "0"), "expected 0 or more, and more than 0"),
        (("tag:base", "tag:other users"), "the runs differ in users: '1' and '8'"),
    ],
)
def test_bad_usage_ends_with_2(place, arguments, words):
    """One line that says what was expected."""
    ended = ran(place, *arguments)
    assert (ended.exit_code, words in " ".join(ended.output.split())) == (2, True), ended.output
