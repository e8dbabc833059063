"""Payloads are read as strictly as the strictest client reads them."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.stream.payload import MAX_SAFE_INTEGER, parse_payload, walk

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON)
def test_strict_json_is_read_as_json_reads_it(value: object) -> None:
    """What is strict JSON parses to the same value."""
    payload = parse_payload(json.dumps(value))
    assert (payload.value, payload.error) == (value, None)


@given(st.text())
def test_any_text_gives_a_payload(text: str) -> None:
    """No text raises."""
    payload = parse_payload(text)
    assert payload.is_valid == (payload.error is None)


@pytest.mark.parametrize(
    "text", ["NaN", '{"a": Infinity}', "[-Infinity]", "", "[DONE]", "{} {}", "{'a': 1}", '{"a": 1,}', "[" * 100_000]
)
def test_what_a_strict_client_refuses_is_an_error(text: str) -> None:
    """Sentinels, Python's own spellings, two documents and bottomless nesting are refused."""
    assert parse_payload(text).error is not None


def test_repeated_names_are_seen() -> None:
    """A parser would hide them."""
    assert parse_payload('{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}').duplicate_keys == ("c", "a")


@given(st.integers())
def test_integers_javascript_rounds_are_seen(number: int) -> None:
    """Beyond 2^53 - 1 a double cannot hold every integer."""
    found = parse_payload(json.dumps({"seed": number})).unsafe_integers
    assert found == ((("seed", number),) if abs(number) > MAX_SAFE_INTEGER else ())


def test_an_endless_integer_is_no_attack() -> None:
    """A number of a million digits is read, as infinity, and reported."""
    assert parse_payload("9" * 1_000_000).unsafe_integers == (("", math.inf),)


def test_half_a_surrogate_pair_is_seen() -> None:
    """Its escape is legal JSON that no UTF-8 can carry on."""
    assert parse_payload(r'{"a": ["\ud800"]}').lone_surrogates == ("a[0]",)


def test_paths_are_written_as_in_javascript() -> None:
    """Members with dots, elements in brackets, parents first."""
    assert [path for path, _ in walk({"a": [{"b": 1}], "c": 2})] == ["", "a", "a[0]", "a[0].b", "c"]
