"""``load trend``, over a real history, as a person runs it."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from load.cli import main
from load.history.figures_document import FiguresDocument
from load.history.history import History
from load.trend.history_series import series_of
from load.trend.series import Trust
from tests.load.history.run_files import run_file
from tests.load.history_entry import HISTORY_ENTRY

_START = datetime(2026, 11, 1, tzinfo=UTC)
_RUNS, _STEP_AT = 30, 20


def _figures(folder: Path) -> Iterator[Path]:
    """Documents of a benchmark that got an eighth worse in the run of commit c20."""
    draw = random.Random(1)
    for run in range(_RUNS):
        document = FiguresDocument(
            series="benchmarks/decoder",
            started_at=(_START + timedelta(days=run)).isoformat(),
            commit=f"c{run}",
            hardware="2 processors",
            figures={"ratio_to_httpx_sse": (1.2 if run < _STEP_AT else 1.35) * draw.lognormvariate(0, 0.01)},
        )
        path = folder / f"figures-{run}.json"
        path.write_bytes(document.as_json())
        yield path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A history of that benchmark, and of two runs of a scenario."""
    folder = tmp_path_factory.mktemp("history")
    with History.open(str(folder / "kept"), is_made=True) as history:
        for path in (*_figures(folder), run_file(folder, 0), run_file(folder, 1)):
            history.add(path)
    return str(folder / "kept")


def _trend(place: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["trend", "--history", place, *arguments])


def test_a_change_is_told_and_fails_nothing(place):
    """When, how much, between which commits; and exit code 0."""
    ended = subprocess.run(
        [sys.executable, "-m", "load", "trend", "--history", place],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "+12.4 % at 2026-11-21 00:00, from 1.202 to 1.351, between commits c19 and c20" in ended.stdout
    assert "median time to first preview on" in ended.stdout
    assert "\x1b" not in ended.stdout


def test_every_form_is_written_where_it_was_asked_for(place, tmp_path):
    """Markdown, page and picture beside what is printed."""
    files = {name: tmp_path / f"trend.{name}" for name in ("markdown", "html", "png")}
    options = [text for name, file in files.items() for text in (f"--{name}", str(file))]
    ended = _trend(place, "--scenario", "benchmarks/decoder", *options)
    assert ended.exit_code == 0, ended.output
    assert ended.output.endswith("with p at most 0.001.\n")
    assert files["markdown"].read_text("utf-8").startswith("### Trend: 1 change in 1 series\n")
    assert "1 change in 1 series</h1>" in files["html"].read_text("utf-8")
    with Image.open(files["png"]) as picture:
        picture.verify()


def test_markdown_on_standard_output_stands_alone(place):
    """What goes into a comment is not mixed with what is for a terminal."""
    ended = _trend(place, "--markdown", "-")
    assert ended.output.startswith("### Trend: 1 change in ")
    assert "----" not in ended.output


def test_json_is_one_document(place):
    """The figure, and all of its runs."""
    (series,) = json.loads(_trend(place, "--metric", "ratio_to_httpx_sse", "--format", "json").stdout)["series"]
    assert (series["scenario"], series["hardware"]) == ("benchmarks/decoder", "2 processors")
    assert len(series["points"]) == _RUNS
    assert [change["first_after"]["commit"] for change in series["changes"]] == ["c20"]


def test_the_newest_runs_can_be_asked_for_alone(place):
    """The newest nine have no change that lasts on either side."""
    ended = _trend(place, "--scenario", "benchmarks/decoder", "--last", "9")
    assert "benchmarks/decoder: 9 runs" in ended.output
    assert "no change in 1 series" in ended.output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--metric", "nope"), "no run has the figure 'nope'; there are"),
        (("--hardware", "nope"), "no run has the hardware label 'nope'; there are"),
        (("--smallest-change", "much"), "the smallest change is 'much', expected a share such as '3 %'"),
        (("--smallest-change", "0 %"), "the smallest change is '0 %', expected at least '0.1 %'"),
        (("--html", "no/such/folder.html"), "no/such/folder.html cannot be written: No such file"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(place, arguments, complaint):
    """What was read, and what was expected; exit code 2."""
    ended = _trend(place, *arguments)
    assert ended.exit_code == 2
    assert f"Error: {complaint}" in ended.stderr


def test_nothing_to_look_at_ends_with_3(place, tmp_path):
    """An empty history, or a scenario that it has no run of."""
    with History.open(str(tmp_path / "new"), is_made=True):
        pass
    empty = _trend(str(tmp_path / "new"))
    assert (empty.exit_code, empty.stderr) == (3, "There is nothing to look at: the history has no run.\n")
    filtered = _trend(place, "--scenario", "nope")
    assert filtered.exit_code == 3
    assert "the history has no run of scenario 'nope'" in filtered.stderr


def test_without_otava_the_extra_is_named(place, monkeypatch):
    """One line says what to install; the help page needs none of it."""
    monkeypatch.delitem(sys.modules, "load.trend.detection", raising=False)
    monkeypatch.delitem(sys.modules, "load.trend.e_divisive", raising=False)
    monkeypatch.setitem(sys.modules, "otava.change_point_divisive.base", None)
    ended = _trend(place)
    assert ended.exit_code == 2
    assert (
        "Error: otava.change_point_divisive.base is not installed: pip install 'fal-stream-conformance[trend]'"
        in ended.stderr
    )
    assert _trend(place, "--help").exit_code == 0


def test_what_cannot_be_compared_is_never_one_series():
    """Other hardware, another scenario, endpoint, or number of users: a series each, named by what differs."""
    entries = [
        HISTORY_ENTRY,
        replace(HISTORY_ENTRY, hardware="A100"),
        replace(HISTORY_ENTRY, scenario="spike"),
        replace(HISTORY_ENTRY, endpoint="https://example.com/other"),
        replace(HISTORY_ENTRY, blocking={"users": "8", "payload": "a" * 64}),
    ]
    found = series_of(entries, figures=["ttfp_median"])
    assert len(found) == 5
    assert {series.subject.variant for series in found} == {"", "users 4", "users 8"}


def test_where_a_server_moves_its_runs_stay_together():
    """Another port of this machine is the same server; another address is where the user says so."""
    local = [replace(HISTORY_ENTRY, endpoint=f"http://127.0.0.1:{port}/stream") for port in (8000, 8001)]
    (series,) = series_of(local, figures=["ttfp_median"])
    assert (series.subject.endpoint, len(series.points)) == ("http://127.0.0.1/stream", 2)
    moved = [HISTORY_ENTRY, replace(HISTORY_ENTRY, endpoint="https://example.org/stream")]
    assert len(series_of(moved, figures=["ttfp_median"])) == 2
    assert len(series_of(moved, figures=["ttfp_median"], is_any_endpoint=True)) == 1


def test_the_default_is_what_people_wait_for():
    """First preview and throughput of a run in this order; of anything else, all that it has."""
    ratios = replace(HISTORY_ENTRY, scenario="ab", figures={"ttfp_ratio": 1.01, "time_to_final_ratio": 1.0})
    figures = [series.subject.figure for series in series_of([ratios, HISTORY_ENTRY])]
    assert figures == ["ttfp_median", "images_per_second", "time_to_final_ratio", "ttfp_ratio"]


def test_runs_that_do_not_count_are_known():
    """Invalid is worse than noisy; a value that never came is not there."""
    entries = [
        replace(HISTORY_ENTRY, is_noisy=True),
        replace(HISTORY_ENTRY, is_noisy=True, is_valid=False),
        replace(HISTORY_ENTRY, figures={"ttfp_median": float("inf")}),
    ]
    (series,) = series_of(entries, figures=["ttfp_median"])
    assert [point.trust for point in series.points] == [Trust.NOISY, Trust.INVALID]


def test_hardware_that_nobody_named_is_a_label_too():
    """It is called unknown, and can be asked for."""
    (series,) = series_of(
        [HISTORY_ENTRY, replace(HISTORY_ENTRY, hardware="")], figures=["ttfp_median"], hardware=["unknown"]
    )
    assert series.hardware == "unknown"


@pytest.mark.parametrize("text", ["2026-11-01T02:00:00+02:00", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00"])
def test_instants_are_in_utc(text):
    """However they were written."""
    (series,) = series_of([replace(HISTORY_ENTRY, started_at=text)], figures=["ttfp_median"])
    assert series.points[0].at == "2026-11-01T00:00:00+00:00"
