"""Datasets of payloads."""

from collections import Counter
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.errors import DatasetError
from load.workload.dataset import DatasetItem, drawn, read_csv, read_json_lines


def test_json_lines_become_items():
    """`weight` and `group` are the item's own, and everything else is of the payload."""
    lines = ['{"prompt": "a", "width": 512, "weight": 3, "group": "small"}\n', "\n", '{"prompt": "b"}']
    assert read_json_lines(lines) == (
        DatasetItem(overrides=(("prompt", "a"), ("width", 512)), weight=3, group="small"),
        DatasetItem(overrides=(("prompt", "b"),)),
    )


def test_a_table_becomes_items():
    """Numbers are numbers, an empty cell leaves the field alone, and quoted line breaks are text."""
    lines = ["prompt,steps,hd,weight\n", '"a, b\n', 'c",20,true,2\n', "42 cats,,,\n", "\n"]
    assert read_csv(lines) == (
        DatasetItem(overrides=(("prompt", "a, b\nc"), ("steps", 20), ("hd", True)), weight=2),
        DatasetItem(overrides=(("prompt", "42 cats"),)),
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["{}", "{"], "line 2 of the dataset is not JSON"),
        (["{}", "[1]"], "line 2 of the dataset is '[1]', expected a JSON object"),
        (['{"guidance": NaN}'], "line 1 of the dataset is not JSON: NaN is no JSON value"),
        (['{"weight": "often"}'], "line 1 of the dataset has the weight 'often', expected a number from 0"),
        (['{"weight": -1}'], "line 1 of the dataset has the weight -1"),
        (['{"weight": true}'], "line 1 of the dataset has the weight True"),
        (['{"weight": 0}'], "the dataset holds no line that can be drawn"),
        ([], "the dataset holds no line that can be drawn"),
    ],
)
def test_a_malformed_json_line_is_named(lines, message):
    """The error says which line, what was read and what was expected."""
    with pytest.raises(DatasetError) as refused:
        read_json_lines(lines)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["a,b\n", "1\n"], "line 2 of the dataset has 1 cells, expected 2"),
        (["a,a\n", "1,2\n"], "line 1 of the dataset names 'a', 'a', expected different names"),
        (["a,\n", "1,2\n"], "line 1 of the dataset names 'a', '', expected different names"),
        (["a\n", '"1\n'], "line 2 of the dataset is not CSV"),
        (["a\n"], "the dataset holds no line that can be drawn"),
    ],
)
def test_a_malformed_table_line_is_named(lines, message):
    """As with JSON Lines."""
    with pytest.raises(DatasetError) as refused:
        read_csv(lines)
    assert message in str(refused.value)


@given(st.lists(st.text()))
def test_any_text_is_read_or_refused(lines):
    """Whatever the file holds, the error is one of ours."""
    for read in (read_json_lines, read_csv):
        try:
            assert read(lines)
        except DatasetError:
            continue


def test_items_are_drawn_by_weight_and_seed():
    """Three to one, the same for the same seed, and otherwise for another."""
    items = read_json_lines(['{"n": 1, "weight": 3}', '{"n": 2}', '{"n": 3, "weight": 0}'])

    def draws(seed: int) -> list[DatasetItem]:
        return list(islice(drawn(items, seed=seed), 4000))

    counts = Counter(dict(item.overrides)["n"] for item in draws(7))
    assert draws(7) == draws(7)
    assert draws(7) != draws(8)
    assert counts[1] == pytest.approx(3000, abs=150)
    assert counts[3] == 0
