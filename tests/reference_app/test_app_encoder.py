import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_app.sse import encode_comment, encode_event

_json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_payloads = st.dictionaries(st.text(), _json_values, max_size=5)


def _decode(stream: bytes) -> list[object]:
    """The standard's algorithm for streams that only use `data` and comments."""
    events, data = [], []
    for line in stream.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]:
        if line == "" and data:
            events.append(json.loads("\n".join(data)))
            data = []
        elif line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        else:
            assert line == "" or line.startswith(":")
    assert not data, "the last event has no blank line"
    return events


@given(st.lists(_payloads))
def test_decoding_gives_back_what_was_encoded(payloads: list[dict[str, object]]) -> None:
    """What a reader of the standard decodes is what was encoded, comments or not."""
    stream = encode_comment("keep-alive").join(encode_event(payload) for payload in payloads)

    assert payloads == _decode(stream)


@given(_payloads)
def test_every_byte_is_ascii(payload: dict[str, object]) -> None:
    """No character can be cut in two by a network read."""
    assert encode_event(payload).isascii()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_javascript_cannot_read_are_refused(number: float) -> None:
    """A number without a JSON form is an error here, not at the client."""
    with pytest.raises(ValueError, match="JSON compliant"):
        encode_event({"progress": number})
