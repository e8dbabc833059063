"""Faults of the official clients on which rules are built, each seen with the client itself over a real socket.

When a release mends one, its test fails, and the rule that leans on it can be looked at again.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from conformance.clients.reading import ReadingEnd
from conformance.core import Transcript
from conformance.player import Player
from conformance.samples import answer, event, stream
from tests.clients.conftest import Answers, Ask
from tests.clients.fal_js import iterate_with_fal_js

pytestmark = pytest.mark.slow

PREVIEW, FINAL = {"step": 1}, {"final": True}
EVENTS = (event(PREVIEW), event(FINAL))
SOON: dict[str, Any] = {"first_ms": 20, "every_ms": 60, "end_after_ms": 20}


def typed(media_type: str, *pieces: bytes) -> Transcript:
    return stream(*pieces, headers=(("content-type", media_type), ("transfer-encoding", "chunked")), **SOON)


STREAMS = {
    "a keep-alive after an id": stream(b"id: 1\n" + EVENTS[0], b": ping\n\n", EVENTS[1], **SOON),
    "a keep-alive without ids": stream(EVENTS[0], b": ping\n\n", EVENTS[1], **SOON),
    "retry alone": stream(b"retry: 3000\n\n", *EVENTS, **SOON),
    "event alone": stream(EVENTS[0], b"event: ping\n\n", EVENTS[1], **SOON),
    "id alone": stream(EVENTS[0], b"id: 7\n\n", EVENTS[1], **SOON),
    "no last blank line": stream(EVENTS[0], EVENTS[1][:-1], **SOON),
    "500 as a stream": stream(event({"error": "boom"}), status=500, **SOON),
    "422 with JSON": answer("generation", 422, {"detail": [{"msg": "field required"}]}),
    "mixed line endings in one chunk": stream(EVENTS[0].replace(b"\n", b"\r\n") + EVENTS[0] + EVENTS[1], **SOON),
    "capitals": typed("Text/Event-Stream", *EVENTS),
    "another charset": typed("text/event-stream; charset=iso-8859-1", b'data: {"prompt":"caf\xc3\xa9"}\n\n'),
    "a byte order mark": stream(b"\xef\xbb\xbf" + EVENTS[0], EVENTS[1], **SOON),
    "NaN": stream(b'data: {"loss": NaN}\n\n', EVENTS[1], **SOON),
    "a character in two chunks": stream(b'data: {"prompt":"caf\xc3', b'\xa9"}\n\n', **SOON),
}


@pytest.fixture(scope="module")
def seen(ask: Ask) -> Mapping[str, Answers]:
    return ask(STREAMS)


def test_fact_1_a_keep_alive_after_an_id_kills_fal_client(seen: Mapping[str, Answers]) -> None:
    """httpx-sse makes an event without data of it; without ids it does not, and fal-js never does."""
    read = seen["a keep-alive after an id"]
    assert (read.fal_client.events, read.fal_client.error.partition(":")[0]) == ((PREVIEW,), "JSONDecodeError")
    assert seen["a keep-alive without ids"].fal_client.events == read.fal_js.reading.events == (PREVIEW, FINAL)


@pytest.mark.parametrize(
    ("name", "before"), [("retry alone", ()), ("event alone", (PREVIEW,)), ("id alone", (PREVIEW,))]
)
def test_fact_2_a_block_without_data_kills_fal_client(seen: Mapping[str, Answers], name: str, before: Any) -> None:
    """The standard says that it dispatches nothing; fal-js copes."""
    read = seen[name]
    assert (read.fal_client.events, read.fal_client.error.partition(":")[0]) == (before, "JSONDecodeError")
    assert read.fal_js.reading.events == (PREVIEW, FINAL)


def test_fact_3_a_missing_blank_line_loses_the_final_in_silence(seen: Mapping[str, Answers]) -> None:
    """Both clients end normally, and done() of fal-js gives a preview."""
    read = seen["no last blank line"]
    assert (read.fal_client.events, read.fal_client.error) == ((PREVIEW,), "")
    assert (read.fal_js.reading.end, read.fal_js.value) == (ReadingEnd.FINISHED, PREVIEW)


def test_fact_7_fal_client_does_not_look_at_the_status(seen: Mapping[str, Answers]) -> None:
    """A 500 that is a stream is data to it, and a refusal is an error about the media type."""
    assert (seen["500 as a stream"].fal_client.events, seen["500 as a stream"].fal_client.error) == (
        ({"error": "boom"},),
        "",
    )
    refused = seen["422 with JSON"]
    assert (refused.fal_client.error.partition(":")[0], "422" in refused.fal_client.error) == ("SSEError", False)
    assert refused.fal_js.reading.error.startswith("ValidationError 422")


def test_fact_8_mixed_line_endings_lose_events_in_fal_js(seen: Mapping[str, Answers]) -> None:
    """One CRLF event and two LF events in a chunk give one of three, and done() resolves with it."""
    read = seen["mixed line endings in one chunk"]
    assert (read.fal_js.reading.events, read.fal_js.reading.end) == ((PREVIEW,), ReadingEnd.FINISHED)
    assert read.fal_client.events == (PREVIEW, PREVIEW, FINAL)


def test_fact_9_media_types_are_compared_letter_by_letter(seen: Mapping[str, Answers]) -> None:
    """fal_client raises; fal-js hands out bytes as if they were events."""
    read = seen["capitals"]
    assert read.fal_client.error.partition(":")[0] == "SSEError"
    assert (read.fal_js.reading.end, str(read.fal_js.value).endswith(" bytes")) == (ReadingEnd.FINISHED, True)


def test_fact_9_a_charset_garbles_fal_client_only(seen: Mapping[str, Answers]) -> None:
    """The standard says that a stream is UTF-8 whatever the parameter says."""
    read = seen["another charset"]
    assert (read.fal_client.events, read.fal_js.reading.events) == (({"prompt": "cafÃ©"},), ({"prompt": "café"},))


def test_fact_9_a_byte_order_mark_loses_the_first_event_in_fal_client_only(seen: Mapping[str, Answers]) -> None:
    """The standard drops the mark."""
    read = seen["a byte order mark"]
    assert (read.fal_client.events, read.fal_client.error) == ((FINAL,), "")
    assert read.fal_js.reading.events == (PREVIEW, FINAL)


def test_fact_9_nan_passes_in_python_and_fails_in_javascript(seen: Mapping[str, Answers]) -> None:
    """NaN is not JSON."""
    read = seen["NaN"]
    assert (len(read.fal_client.events), read.fal_client.error) == (2, "")
    assert (read.fal_js.reading.end, read.fal_js.reading.error[:11]) == (ReadingEnd.RAISED, "SyntaxError")


def test_fact_9_a_character_in_two_chunks_is_lost_in_fal_js(seen: Mapping[str, Answers]) -> None:
    """Without an error."""
    read = seen["a character in two chunks"]
    assert read.fal_client.events == ({"prompt": "café"},)
    assert (read.fal_js.reading.events, read.fal_js.reading.end) == (
        ({"prompt": "caf\ufffd\ufffd"},),
        ReadingEnd.FINISHED,
    )


def test_fact_10_an_iteration_in_node_drops_falsy_payloads() -> None:
    """The iterator takes null, 0, false and the empty text for nothing."""
    with Player([stream(*map(event, (PREVIEW, None, 0, False, "", FINAL)), **SOON)]) as url:
        assert iterate_with_fal_js(url, {}) == ([PREVIEW, FINAL], 0)


def test_fact_10_an_iteration_in_node_ends_the_process_on_any_error() -> None:
    """Nobody handles the rejection of the promise behind done()."""
    with Player([answer("generation", 422, {"detail": [{"msg": "field required"}]})]) as url:
        assert iterate_with_fal_js(url, {}) == ([], 1)
