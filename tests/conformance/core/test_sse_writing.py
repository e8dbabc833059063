"""Events that are written, read back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.core import ServerSentEvent, encode_event
from tests.conformance.core.any_stream import names, texts
from tests.conformance.core.decoding import decode

written_events = st.builds(
    ServerSentEvent,
    event=names,
    data=st.text(st.characters(codec="utf-8", exclude_characters="\r")),
    last_event_id=texts.filter(lambda text: "\x00" not in text),
    retry=st.none() | st.integers(0, 10**12),
)


@given(st.lists(written_events, max_size=4), st.sampled_from(["\n", "\r", "\r\n"]))
def test_what_is_written_reads_back(events: list[ServerSentEvent], line_ending: str) -> None:
    """Encoding events and decoding them gives the events back, whatever the line ending."""
    body = b"".join(encode_event(event, line_ending=line_ending) for event in events)
    assert [replace(event, offset=0) for event in decode(body)] == events


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(ServerSentEvent(data="", event=""), id="empty-name"),
        pytest.param(ServerSentEvent(data="", event="a\nb"), id="line-feed-in-name"),
        pytest.param(ServerSentEvent(data="", event="a\rb"), id="carriage-return-in-name"),
        pytest.param(ServerSentEvent(data="", last_event_id="a\nb"), id="line-feed-in-id"),
        pytest.param(ServerSentEvent(data="", last_event_id="a\rb"), id="carriage-return-in-id"),
        pytest.param(ServerSentEvent(data="", last_event_id="a\x00b"), id="nul-in-id"),
        pytest.param(ServerSentEvent(data="a\rb"), id="carriage-return-in-data"),
        pytest.param(ServerSentEvent(data="\ud800"), id="half-a-surrogate-pair"),
        pytest.param(ServerSentEvent(data="", retry=-1), id="negative-retry"),
    ],
)
def test_what_cannot_be_expressed_is_refused(event: ServerSentEvent) -> None:
    """An event that a reader would read differently is not written."""
    with pytest.raises(ValueError, match=r".+"):
        encode_event(event)
