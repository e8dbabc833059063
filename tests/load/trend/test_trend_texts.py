"""Trends as text: on a terminal, for a pull request, for programs."""

import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from load.history.figure_label import FigureLabel
from load.metrics import Unit
from load.trend.change_point import ChangePoint
from load.trend.console import print_trends
from load.trend.json_document import document
from load.trend.json_document import render as render_json
from load.trend.markdown import render as render_markdown
from load.trend.sensitivity import Sensitivity
from load.trend.series import Series, Subject, Trust
from load.trend.sparkline import sparkline
from load.trend.trend import Trend
from load.trend.trend_text import between_text
from load.trend.value_range import ValueRange
from tests.load.trend.histories import a_trend, points

_STEP = [0.8] * 12 + [0.88] * 10


def _trend(
    values: list[float],
    *,
    figure: str = "ttfp_median",
    scenario: str = "steady",
    trust: dict[int, Trust] | None = None,
    has_commits: bool = True,
) -> Trend:
    series = Series(
        subject=Subject(figure=figure, scenario=scenario, endpoint=""),
        hardware="H100",
        points=points(values, trust=trust, has_commits=has_commits),
    )
    return Trend.of(series, Sensitivity())


def _change(*, before: str, after: str) -> ChangePoint:
    (change,) = _trend(_STEP).changes
    last, first = replace(change.last_before, commit=before), replace(change.first_after, commit=after)
    return replace(change, last_before=last, first_after=first)


def _printed(*trends: Trend) -> str:
    printed = io.StringIO()
    print_trends(Console(file=printed, width=80), trends, Sensitivity())
    return printed.getvalue()


def test_a_terminal_shows_a_line_across_the_series_where_it_changed():
    """The runs around the change and the newest ones; what does not count is named; nothing is cut at 80 columns."""
    printed = _printed(_trend(_STEP, trust={21: Trust.NOISY}))
    assert printed == (
        "median time to first preview on H100\n"
        "steady: 22 runs, not counted: 1 noisy\n"
        f"{sparkline(_STEP[:-1])}\n"
        "  ... 9 more\n"
        "  2026-11-10 12:00  c9      800 ms\n"
        "  2026-11-11 12:00  c10     800 ms\n"
        "  2026-11-12 12:00  c11     800 ms\n"
        "  ---- +10 % at 2026-11-13 12:00, from 800 ms to 880 ms, between commits c11 and c12 (p below 1e-06)\n"
        "  2026-11-13 12:00  c12     880 ms\n"
        "  2026-11-14 12:00  c13     880 ms\n"
        "  2026-11-15 12:00  c14     880 ms\n"
        "  ... 2 more\n"
        "  2026-11-18 12:00  c17     880 ms\n"
        "  2026-11-19 12:00  c18     880 ms\n"
        "  2026-11-20 12:00  c19     880 ms\n"
        "  2026-11-21 12:00  c20     880 ms\n"
        "  2026-11-22 12:00  c21     880 ms  noisy\n"
        "\n"
        "1 change in 1 series. A change is a median that moved by at least 3 %, seen in at least 5 runs on either "
        "side, with p at most 0.001.\n"
    )


def test_a_pull_request_gets_a_line_a_series_and_a_line_a_change():
    """The whole text, whose table GitHub draws."""
    shown = render_markdown(
        [_trend(_STEP), _trend([1.25] * 11, figure="ratio_to_httpx_sse", scenario="benchmarks/decoder")], Sensitivity()
    )
    assert shown == (
        "### Trend: 1 change in 2 series\n"
        "\n"
        "| figure | hardware | runs | level now | oldest to newest |\n"
        "| --- | --- | --- | --: | --- |\n"
        f"| median time to first preview, steady | H100 | 22 runs | 880 ms | {sparkline(_STEP)} |\n"
        "| ratio to httpx sse, benchmarks/decoder | H100 | 11 runs | 1.25 | ▅▅▅▅▅▅▅▅▅▅▅ |\n"
        "\n"
        "- median time to first preview on H100: +10 % at 2026-11-13 12:00, from 800 ms to 880 ms, between commits c11 "
        "and c12 (p below 1e-06)\n"
        "\n"
        "A change is a median that moved by at least 3 %, seen in at least 5 runs on either side, with p at most "
        "0.001.\n"
    )


def test_hostile_names_are_no_markup():
    """A scenario can neither end a cell nor mention anybody."""
    shown = render_markdown([_trend(_STEP, scenario="a|b @all <b>")], Sensitivity())
    assert "a&#124;b &#64;all &#60;b&#62;" in shown


def test_programs_get_every_point_and_every_change():
    """Plain JSON, values in the unit that stands beside them."""
    trend = _trend(_STEP, trust={3: Trust.INVALID})
    assert json.loads(render_json([trend], Sensitivity())) == document([trend], Sensitivity())
    (series,) = document([trend], Sensitivity())["series"]
    assert (series["figure"], series["unit"], series["hardware"]) == ("ttfp_median", "s", "H100")
    assert len(series["points"]) == 22
    assert series["points"][3] == {
        "at": "2026-11-04T12:00:00+00:00",
        "run_id": "r3",
        "commit": "c3",
        "value": 0.8,
        "trust": "invalid",
    }
    (change,) = series["changes"]
    assert (change["before"], change["after"]) == (0.8, 0.88)
    assert (change["last_before"]["commit"], change["first_after"]["commit"]) == ("c11", "c12")
    assert change["relative_change"] == pytest.approx(0.1)


def test_a_change_without_commits_names_the_runs():
    """Where nobody said what was deployed, the runs are what there is to look up."""
    (change,) = _trend(_STEP, has_commits=False).changes
    assert between_text(change) == "between runs r11 and r12"


def test_a_change_within_one_commit_says_so():
    """The same code on both sides: something else changed."""
    change = _change(before="v1", after="v1")
    assert between_text(change) == "between two runs of commit v1"


def test_a_whole_hash_is_cut_short_and_a_tag_is_not():
    """Twelve digits name a commit; a long tag stays as it is."""
    change = _change(before="0123456789abcdef0123456789abcdef01234567", after="release-2026-11-23-candidate")
    assert between_text(change) == "between commits 0123456789ab and release-2026-11-23-candidate"


@pytest.mark.parametrize(
    ("figure", "title", "unit"),
    [
        ("ttfp_median", "median time to first preview", Unit.SECONDS),
        ("ttfp_p95", "p95 time to first preview", Unit.SECONDS),
        ("images_per_second", "images per second", Unit.PER_SECOND),
        ("failure_ratio", "failure ratio", Unit.RATIO),
        ("goodput", "good pictures per second", Unit.PER_SECOND),
        ("ttfp_ratio", "time to first preview, candidate over baseline", Unit.COUNT),
        ("ratio_to_httpx_sse", "ratio to httpx sse", Unit.COUNT),
    ],
)
def test_figures_have_titles_and_units(figure, title, unit):
    """Those of load's metrics have theirs; any other is a plain number."""
    assert FigureLabel.of(figure) == FigureLabel(title=title, unit=unit)


@given(st.lists(st.floats(-1e9, 1e9), max_size=200), st.integers(1, 60))
def test_a_sparkline_has_a_block_a_share(values, most):
    """As many blocks as values, or as there may be; nothing else."""
    drawn = sparkline(values, most=most)
    assert len(drawn) == min(len(values), most)
    assert set(drawn) <= set("▁▂▃▄▅▆▇█")


def test_noise_looks_flat_and_a_step_does_not():
    """The scale is a tenth of the level, not the spread."""
    assert set(sparkline([1.0, 1.001, 0.999, 1.002])) <= set("▄▅")
    assert sparkline([1.0, 1.0, 1.5, 1.5]) == "▁▁██"


@given(st.lists(st.floats(-1e9, 1e9), max_size=50), st.floats(-1e12, 1e12))
def test_an_axis_has_room_for_every_value(values, other):
    """Whatever counts is inside, and what does not stands at an end."""
    shown = ValueRange.around(values)
    assert shown.low < shown.high
    assert all(shown.low <= value <= shown.high for value in values)
    assert shown.low <= shown.clipped(other) <= shown.high
    assert 0 <= shown.share(other) <= 1


def test_runs_that_do_not_count_do_not_flatten_the_chart():
    """An invalid run that was a hundred times slower is not what the axis is made for."""
    series = a_trend(trust={5: Trust.INVALID}).series
    assert ValueRange.of([series]).high < 1
