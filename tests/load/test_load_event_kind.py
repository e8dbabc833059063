"""What an event means to a load test."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.core import EncodedEvent
from load.streaming.reading.event_kind import EventContent, EventKind, content_of, error_text

PICTURE = {"url": "data:image/png;base64,AAAA", "content_type": "image/png"}


def event(payload: object, *, event_type: str = "message") -> EncodedEvent:
    data = (payload if isinstance(payload, str) else json.dumps(payload)).encode()
    return EncodedEvent(event_type, b'data: "' + data + b'"\n\n', len('data: "'), len('data: "') + len(data))


@pytest.mark.parametrize(
    "payload",
    [
        {"image": PICTURE},
        {"images": [{"url": "https://v3.fal.media/x.webp", "content_type": "image/webp"}]},
        PICTURE,
        [[{"deep": {"er": [PICTURE]}}]],
        {"content_type": "IMAGE/JPEG", "url": ""},
        r'{"image": {"url": "data:image\/jpeg;base64,\/9j", "content_type": "image\/jpeg"}}',
        r'{"prompt": "say \"data:x\" twice", "image": {"url": "data:,", "content_type": "image/gif"}}',
    ],
)
def test_a_media_object_of_an_image_is_a_picture_at_any_depth(payload):
    """An object with a url and a content_type of image/… is found wherever it is, however it is escaped."""
    assert content_of(event(payload)).kind is EventKind.PICTURE


@pytest.mark.parametrize(
    "payload",
    [
        {"step": 3, "total": 20},
        {"image": {"url": "data:image/png;base64,AAAA"}},
        {"image": {"content_type": "image/png"}},
        {"image": {"url": None, "content_type": "image/png"}},
        {"audio": {"url": "data:audio/wav;base64,AA", "content_type": "audio/wav"}},
        {"note": json.dumps(PICTURE)},
        {"error": None},
        "3",
    ],
)
def test_anything_else_is_progress(payload):
    """JSON without such an object is an event, but no picture."""
    assert content_of(event(payload)).kind is EventKind.OTHER


@pytest.mark.parametrize("data", ["", "[DONE]", "{'a': 1}", '{"url": "data:image/png', "[" * 100_000])
def test_data_that_is_not_json_is_malformed(data):
    """A fal client raises on such an event, so it is not passed over."""
    assert content_of(event(data)).kind is EventKind.MALFORMED


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        (event({"error": "CUDA out of\nmemory", "image": PICTURE}), "CUDA out of memory"),
        (event("boom", event_type="error"), "boom"),
        (event({"message": "boom"}, event_type="error"), "boom"),
        (event({"error": {"message": "boom", "type": "server_error"}}), "boom"),
        (event({"error": {"code": 3}}), "{'code': 3}"),
        (event({"error": "x" * 500}), "x" * 119 + "…"),
    ],
)
def test_an_error_event_says_so_in_one_short_line(stated, text):
    """An event of type error, or JSON with an error, is one; its text is cut to a line."""
    assert (content_of(stated).kind, error_text(stated)) == (EventKind.ERROR, text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(['"data:', "data:x", "\\", "image/png"]) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["url", "content_type", "data:", "a"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def holds_picture(value: object) -> bool:
    if isinstance(value, list):
        return any(map(holds_picture, value))
    if not isinstance(value, dict):
        return False
    url, content_type = value.get("url"), value.get("content_type")
    is_picture = isinstance(url, str) and isinstance(content_type, str) and content_type.startswith("image/")
    return is_picture or any(map(holds_picture, value.values()))


@given(json_values)
def test_the_short_cut_past_data_uris_changes_no_answer(value):
    """Whatever the JSON is, skipping over data URIs finds what a full parse finds."""
    expected = EventKind.PICTURE if holds_picture(value) else EventKind.OTHER
    assert content_of(event({"payload": value})).kind is expected


@pytest.mark.parametrize(
    ("payload", "step", "total_steps"),
    [
        ({"image": PICTURE, "step": 3, "total_steps": 20}, 3, 20),
        ({"step": 0}, 0, None),
        ({"progress": {"current_step": 4, "num_inference_steps": 8}}, 4, 8),
        ({"step": 2, "input": {"steps": 50}}, 2, None),
        ({"num_inference_steps": 50}, None, None),
        ({"step": True}, None, None),
        ({"step": -1}, None, None),
        ({"step": 2.5}, None, None),
        ([], None, None),
    ],
)
def test_steps_are_read_from_the_outermost_object_that_counts_them(payload, step, total_steps):
    """A step is a whole number under one of the usual names, and its total stands beside it."""
    content = content_of(event(payload))
    assert (step, total_steps) == (content.step, content.total_steps)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "12345678901234567890123456789"])
def test_numbers_beyond_the_standard_are_no_malformed_json(number):
    """Python writes some of them, and its parser and others read them all."""
    data = (
        f'{{"loss": {number}, "image": {{"url": "data:image/png;base64,AA", "content_type": "image/png"}}, "step": 3}}'
    )
    assert content_of(event(data)) == EventContent(kind=EventKind.PICTURE, step=3)
