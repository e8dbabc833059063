"""A history: what goes in comes out again, and is found by what it was a run of."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from load.errors import HistoryError
from load.history.archive import read_archive, write_archive
from load.history.figures_document import FiguresDocument
from load.history.history import History
from load.history.labels import Labels
from load.history.selection import Selection
from load.run_file import write_run
from tests.load.envelope import ENVELOPE
from tests.load.history.run_files import made_up_run, run_file
from tests.load.regression.made_up import interleaved_run

FIGURES = FiguresDocument(
    series="benchmarks/decoder", started_at="2026-11-20T00:00:00+00:00", figures={"ratio": 1.2}, hardware="a laptop"
)


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "history")


@pytest.fixture
def history(place: str):
    with History.open(place, is_made=True) as opened:
        yield opened


def test_a_run_comes_out_as_it_went_in(history, tmp_path):
    """Byte for byte."""
    path = run_file(tmp_path)
    entry = history.add(path)
    assert history.document(entry.run_id).data == path.read_bytes()
    assert history.run(entry.run_id) == made_up_run()


def test_what_is_known_without_opening_it(history, tmp_path):
    """Who it is, what it came to, and what has to be the same in runs that are compared."""
    entry = history.add(run_file(tmp_path, 20), Labels(commit="abc", branch="main", gpu="H100"))
    assert (entry.scenario, entry.endpoint, entry.commit, entry.branch) == (
        "steady",
        "http://[::1]/stream",
        "abc",
        "main",
    )
    assert (entry.hardware, entry.is_valid, entry.is_noisy) == ("H100", True, False)
    assert entry.figures["ttfp_median"] == entry.figures["ttfp_p95"] == pytest.approx(0.12)
    assert entry.blocking["gpu"] == "H100"
    assert entry == history.entry(entry.run_id)


def test_the_same_run_twice_is_one(history, tmp_path):
    """Its content gives it its name."""
    first, second = (history.add(run_file(tmp_path)) for _ in range(2))
    assert (first, len(history.entries())) == (second, 1)


def test_labels_that_come_later_win_and_the_others_stay(history, tmp_path):
    """A tag that is given after a release does not lose the commit."""
    history.add(run_file(tmp_path), Labels(commit="abc", tag="rc"))
    entry = history.add(run_file(tmp_path), Labels(tag="v1"))
    assert (entry.commit, entry.tag) == ("abc", "v1")


def test_the_runs_own_commit(history, tmp_path):
    """What a run says of itself holds where nobody says otherwise."""
    assert history.add(run_file(tmp_path, commit="its own")).commit == "its own"


def test_oldest_first_whatever_the_order_of_adding(history, tmp_path):
    """By the start of the run."""
    for number in (3, 1, 2):
        history.add(run_file(tmp_path, number))
    assert [entry.started_at[14:16] for entry in history.entries()] == ["01", "02", "03"]


@pytest.mark.parametrize(
    ("selection", "numbers"),
    [
        (Selection(), [0, 1, 2, 3]),
        (Selection(last=2), [2, 3]),
        (Selection(branch="main"), [0, 1]),
        (Selection(branch="main", last=1), [1]),
        (Selection(commit="ab"), [0, 1]),
        (Selection(commit="%"), []),
        (Selection(tag="v1"), [3]),
        (Selection(scenario="spike"), []),
    ],
    ids=str,
)
def test_selections(history, tmp_path, selection, numbers):
    """Everything that is named has to match; commits may be shortened, and hold no wildcards."""
    labels = [Labels(commit="abc1", branch="main"), Labels(commit="abd2", branch="main"), Labels(), Labels(tag="v1")]
    runs = [history.add(run_file(tmp_path, number), label).run_id for number, label in enumerate(labels)]
    assert [entry.run_id for entry in history.entries(selection)] == [runs[number] for number in numbers]


def test_a_name_may_be_shortened(history, tmp_path):
    """As long as it is one run's."""
    entry = history.add(run_file(tmp_path))
    assert history.entry(entry.run_id[:6]) == entry
    with pytest.raises(HistoryError, match="the history has no run whose name begins with 'zz'"):
        history.entry("zz")
    history.add(run_file(tmp_path, 1))
    with pytest.raises(HistoryError, match="the history has 2 runs whose name begins with ''"):
        history.entry("")


def test_an_interleaved_run_has_ratios(history, tmp_path):
    """Its medians mix two deployments; how many times slower one was means something."""
    path = tmp_path / "ab.jsonl"
    path.write_text("".join(write_run(interleaved_run([(100, 120)] * 6))))
    assert history.add(path).figures == {"ttfp_ratio": pytest.approx(1.2)}


def test_plain_figures(history, tmp_path):
    """A benchmark's ratios are kept beside runs."""
    path = tmp_path / "figures.json"
    path.write_bytes(FIGURES.as_json())
    entry = history.add(path)
    assert (entry.scenario, entry.hardware, entry.figures) == ("benchmarks/decoder", "a laptop", {"ratio": 1.2})
    assert history.document(entry.run_id).data == path.read_bytes()
    with pytest.raises(HistoryError, match="holds figures, and no run"):
        history.run(entry.run_id)


def test_the_index_can_be_made_again(place, tmp_path):
    """The documents are the truth, labels included."""
    with History.open(place, is_made=True) as history:
        for number in range(3):
            history.add(run_file(tmp_path, number), Labels(commit=str(number)))
        before = history.entries()
    (Path(place) / "index.sqlite").unlink()
    with History.open(place, is_made=True) as history:
        assert (history.entries(), history.rebuild(), history.entries()) == ([], 3, before)


def test_what_was_deleted_is_forgotten(history, place, tmp_path):
    """A run file that somebody removed leaves the index when it is made again."""
    entry = history.add(run_file(tmp_path))
    (Path(place) / "runs" / f"{entry.run_id}.jsonl").unlink()
    with pytest.raises(HistoryError, match="is no longer in"):
        history.run(entry.run_id)
    assert (history.rebuild(), history.entries()) == (0, [])


def test_an_archive_holds_it_all(history, tmp_path):
    """Documents and labels, of runs and of figures; importing twice changes nothing."""
    history.add(run_file(tmp_path), Labels(tag="v1"))
    figures = tmp_path / "figures.json"
    figures.write_bytes(FIGURES.as_json())
    history.add(figures)
    archive = tmp_path / "history.zip"
    assert write_archive(archive, history.documents()) == 2
    with History.open(str(tmp_path / "other"), is_made=True) as other:
        for _ in range(2):
            for document in read_archive(archive):
                other.keep(document)
        assert other.entries() == history.entries()


def test_no_archive(tmp_path):
    """What is no zip file is refused in words."""
    path = tmp_path / "no.zip"
    path.write_text("no")
    with pytest.raises(HistoryError, match="is no archive of a history"):
        list(read_archive(path))


def test_thousands_of_runs_are_one_question(history, place, tmp_path):
    """Listing asks the index once, and opens no run file: the files may be gone."""
    for number in range(5):
        history.add(run_file(tmp_path, number))
    shutil.rmtree(Path(place) / "runs")
    asked: list[str] = []
    event.listen(history._index.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    assert len(history.entries()) == 5
    assert [statement.split()[0] for statement in asked if not statement.startswith("BEGIN")] == ["SELECT"]


@given(earlier=st.builds(Labels, **dict.fromkeys(Labels.__slots__, st.text(max_size=3))))
def test_labels_survive_as_json(earlier):
    """What was said of a run is said of it again; saying nothing more changes nothing."""
    assert Labels.from_json(earlier.as_json()) == Labels().over(earlier) == earlier


def test_figures_that_are_none():
    """Infinite figures, none at all, or another document."""
    for changes, words in (
        ({"figures": {}}, "has no figures"),
        ({"figures": {"ratio": None}}, "not valid"),
        ({"version": 2}, "version 2; expected 'fal-stream-figures', 1"),
    ):
        document = {**json.loads(FIGURES.as_json()), **changes}
        with pytest.raises(HistoryError, match=words):
            FiguresDocument.from_json(json.dumps(document).encode())


def test_the_generators_own_lag_and_share_are_kept(history, tmp_path):
    """How late it was, and how much of what it can measure it used, are figures like any others."""
    envelope = replace(ENVELOPE, capacity_per_second=600.0)
    figures = history.add(run_file(tmp_path, envelope=envelope)).figures
    assert (figures["send_lag_median"], figures["envelope_share"]) == (0.0, pytest.approx(60 / 600))
