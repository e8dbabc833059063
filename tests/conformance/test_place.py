"""Places in a payload: a small path syntax."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.stream.payload import Json, walk
from conformance.stream.place import Place

names = st.text("abc_", min_size=1, max_size=3)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("image", [("image", {"url": "x"})]),
        ("image.url", [("image.url", "x")]),
        ("images[]", [("images[0]", "a"), ("images[1]", None)]),
        ("rows[][]", [("rows[0][0]", 1), ("rows[1][0]", 2)]),
        ("frames[].data.url", [("frames[1].data.url", "y")]),
        ("image[]", []),
        ("nothing.here", []),
    ],
)
def test_a_path_finds_what_stands_there(path: str, found: list[tuple[str, Json]]) -> None:
    """Every value with its own path; what has another shape is passed over."""
    payload: Json = {
        "image": {"url": "x"},
        "images": ["a", None],
        "rows": [[1], [2]],
        "frames": [{"data": "none"}, {"data": {"url": "y"}}],
    }
    assert list(Place(path).find(payload)) == found


def test_a_dot_is_the_whole_payload() -> None:
    """Text has no members."""
    assert list(Place(".").find("https://example.org/1.png")) == [("", "https://example.org/1.png")]


@given(st.dictionaries(names, documents, max_size=3))
def test_every_value_is_found_by_the_path_that_walk_gives_it(payload: dict[str, Json]) -> None:
    """With [] in place of the numbers."""
    for path, value in walk(payload):
        if path:
            place = Place(re.sub(r"\[\d+\]", "[]", path))
            assert (path, json.dumps(value)) in [(at, json.dumps(found)) for at, found in place.find(payload)]


@given(documents, st.sampled_from(["a", "a[]", "a.b", "a[].b", "."]))
def test_a_filled_place_holds_something(payload: Json, path: str) -> None:
    """Empty texts, lists and objects, and null, are nothing; 0 and false are something."""
    held = [value for _, value in Place(path).find(payload)]
    assert Place(path).is_filled(payload) == any(json.dumps(value) not in ("null", '""', "[]", "{}") for value in held)


@pytest.mark.parametrize(
    ("payload", "ends"),
    [
        ({"out": {"images": []}}, ["out.images"]),
        ({"out": None}, ["out"]),
        ({"out": {"images": [{"url": 1}, None]}}, ["out.images[1]"]),
        ({"out": {"images": [1]}}, []),
        ({}, []),
    ],
)
def test_dead_ends_are_told(payload: Json, ends: list[str]) -> None:
    """A member on the way that is there and holds nothing."""
    assert list(Place("out.images[]").dead_ends(payload)) == ends


@pytest.mark.parametrize("path", ["", "..", "a.", ".a", "[]", "a[0]", "a b", "a[", "a]b", "a..b"])
def test_what_is_no_path_is_refused(path: str) -> None:
    """With examples of what is one."""
    with pytest.raises(ValueError, match=re.escape(f"{path!r} is no path, expected one such as 'image'")):
        Place(path)
