"""No endpoint can keep the recorder for ever, or fill its memory."""

from conformance.core import Ending
from conformance.recorders import Recorder
from tests.conformance.conftest import ServeScripts, Stall, event_stream
from tests.conformance.recorders.one_recording import EVENT, impatient, record, request_to

__all__ = []


def test_silence_ends_the_exchange(serve: ServeScripts) -> None:
    """An endpoint that falls silent is given up, and what came before is kept."""
    server = serve([*event_stream(EVENT, end=False), Stall])
    transcript = record(server.url, impatient(silence_seconds=0.3))
    assert (transcript.end.ending, transcript.end.detail) == (Ending.TIMED_OUT, "nothing arrived for 0.3 s")
    assert transcript.body == EVENT


def test_silence_before_the_head_ends_the_exchange(serve: ServeScripts) -> None:
    """An endpoint that never answers is given up."""
    transcript = record(serve([Stall]).url, impatient(silence_seconds=0.3))
    assert (transcript.end.ending, transcript.head) == (Ending.TIMED_OUT, None)


def test_a_slow_drip_ends_at_the_deadline(serve: ServeScripts) -> None:
    """A byte now and then does not keep the recorder for ever."""
    drip = [item for _ in range(60) for item in (b"1\r\n:\r\n", 0.05)]
    transcript = record(serve([*event_stream(end=False), *drip]).url, impatient(total_seconds=0.5))
    assert (transcript.end.ending, transcript.end.detail) == (
        Ending.LIMIT_REACHED,
        "the exchange took longer than 0.5 s",
    )
    assert transcript.end.at_ns < 1.5e9


def test_a_slow_drip_of_the_head_ends_at_the_deadline(serve: ServeScripts) -> None:
    """Nor does a head that comes byte by byte."""
    drip = [item for _ in range(60) for item in (b"X: y\r\n", 0.05)]
    transcript = record(serve([b"HTTP/1.1 200 OK\r\n", *drip]).url, impatient(total_seconds=0.5))
    assert transcript.end.ending is Ending.LIMIT_REACHED


def test_a_body_without_end_stops_at_the_byte_limit(serve: ServeScripts) -> None:
    """No more is kept than the limit and one read."""
    endless = [b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 200
    transcript = record(serve([*event_stream(end=False), *endless]).url, impatient(body_bytes=1_000_000))
    assert transcript.end.ending is Ending.LIMIT_REACHED
    assert len(transcript.body) <= 1_000_000 + 65536


def test_events_without_end_stop_at_the_event_limit(serve: ServeScripts) -> None:
    """A flood of tiny events ends."""
    flood = [b"1000\r\n" + b"data\n\n\n\n" * 512 + b"\r\n"] * 50
    transcript = record(serve([*event_stream(end=False), *flood]).url, impatient(events=1000))
    assert (transcript.end.ending, transcript.end.detail) == (Ending.LIMIT_REACHED, "there are more than 1000 events")


def test_a_probe_can_stop_after_some_events(serve: ServeScripts) -> None:
    """We hang up on purpose, and the transcript says that it was us."""
    server = serve([*event_stream(EVENT, EVENT, end=False), Stall])
    transcript = Recorder().record("invalid_input", request_to(server.url), stop_after_events=1)
    assert transcript.end.ending is Ending.ABANDONED
