"""Durations: quantiles by their definition, and the timings of exchanges worked out by hand."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.core import Chunk, Ending, Phases, Request, ResponseHead, StreamEnd, StreamTimings, Transcript
from conformance.core.timing import gaps_ns, in_seconds, quantile

MS = 1_000_000

values = st.lists(st.floats(allow_nan=False) | st.integers(-5, 5), min_size=1, max_size=60)
shares = st.floats(0, 1) | st.sampled_from([0.05, 0.07, 0.5, 0.55, 0.9, 0.95, 0.99])


def transcript(pieces: list[tuple[int, bytes]], *, end_ms: int, **changes: Any) -> Transcript:
    """An exchange over TLS: sent at 30 ms, head at 100 ms, unless changed."""
    parts: dict[str, Any] = {
        "probe": "generation",
        "request": Request(method="POST", url="https://example.test/stream"),
        "phases": Phases(
            resolved_ns=5 * MS,
            connected_ns=12 * MS,
            tls_ns=28 * MS,
            request_sent_ns=30 * MS,
            head_ns=100 * MS,
        ),
        "head": ResponseHead(status=200),
        "chunks": tuple(Chunk(at_ns=at_ms * MS, data=data) for at_ms, data in pieces),
        "end": StreamEnd(ending=Ending.COMPLETE, at_ns=end_ms * MS),
    }
    return Transcript(**{**parts, **changes})


# --- Quantiles ----------------------------------------------------------------------------------------------


@given(values, shares)
@example([float(number) for number in range(100)], 0.07)
@example([float(number) for number in range(100)], 0.55)
def test_a_quantile_is_the_smallest_value_that_a_share_does_not_exceed(numbers: list[float], share: float) -> None:
    """The definition, searched for among all values."""
    expected = min(number for number in numbers if sum(other <= number for other in numbers) / len(numbers) >= share)
    assert quantile(numbers, share) == expected


@given(values)
def test_the_ends_are_the_least_and_the_greatest(numbers: list[float]) -> None:
    """A share of nothing is the least value, a share of all the greatest."""
    assert (quantile(numbers, 0), quantile(numbers, 1)) == (min(numbers), max(numbers))


@pytest.mark.parametrize(
    ("share", "expected"), [(0.05, 15), (0.3, 20), (0.4, 20), (0.5, 35), (0.8, 40), (0.95, 50), (1, 50)]
)
def test_a_quantile_is_one_of_the_values(share: float, expected: float) -> None:
    """Nothing is interpolated: five values give five answers."""
    assert quantile([50, 15, 40, 35, 20], share) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.07, 7), (0.55, 55), (0.5, 50), (0.95, 95), (0.99, 99)])
def test_a_hundred_values_give_whole_ranks(share: float, expected: int) -> None:
    """Of 1 to 100, the quantile of n per cent is n, however the product is rounded."""
    assert quantile(range(1, 101), share) == expected


def test_no_values_have_no_quantile() -> None:
    """Nothing can be said of nothing."""
    with pytest.raises(ValueError, match="at least one value"):
        quantile([], 0.5)


def test_gaps_lie_between_instants() -> None:
    """One gap fewer than there are instants, and none for one or none."""
    assert [gaps_ns([1, 4, 4, 10]), gaps_ns([7]), gaps_ns([])] == [[3, 0, 6], [], []]


def test_nanoseconds_become_seconds() -> None:
    """A thousand million nanoseconds are a second."""
    assert in_seconds(1_500_000_000) == 1.5


# --- Timings ------------------------------------------------------------------------------------------------


def test_every_timing_of_a_full_exchange() -> None:
    """Each duration runs between the two instants that its description names."""
    exchange = transcript([(150, b": hi\n\n"), (400, b"data: 1\n\n"), (900, b"data: 2\n\n")], end_ms=950)
    actual = StreamTimings.of(exchange, event_instants_ns=[400 * MS, 900 * MS], first_preview_ns=400 * MS)
    assert actual == StreamTimings(
        resolve_seconds=0.005,
        connect_seconds=0.007,
        tls_seconds=0.016,
        head_seconds=0.070,
        first_byte_seconds=0.150,
        first_event_seconds=0.370,
        first_preview_seconds=0.370,
        last_event_seconds=0.870,
        tail_seconds=0.050,
        total_seconds=0.950,
        longest_gap_seconds=0.500,
    )


def test_what_did_not_happen_has_no_timing() -> None:
    """An exchange that never connected has a total and nothing else."""
    exchange = transcript(
        [],
        end_ms=80,
        phases=Phases(resolved_ns=2 * MS),
        head=None,
        end=StreamEnd(ending=Ending.UNREACHABLE, at_ns=80 * MS),
    )
    assert StreamTimings.of(exchange) == StreamTimings(total_seconds=0.080, resolve_seconds=0.002)


def test_a_plain_connection_has_no_handshake() -> None:
    """Without TLS its duration is absent, not zero."""
    exchange = transcript([], end_ms=120, phases=Phases(connected_ns=MS, request_sent_ns=MS, head_ns=100 * MS))
    timings = StreamTimings.of(exchange)
    assert (timings.tls_seconds, timings.connect_seconds, timings.head_seconds) == (None, None, 0.099)


def test_a_stream_of_comments_has_bytes_and_no_events() -> None:
    """Time to the first byte counts comments; time to the first event does not."""
    timings = StreamTimings.of(transcript([(200, b": ping\n\n")], end_ms=300))
    assert (timings.first_byte_seconds, timings.first_event_seconds, timings.tail_seconds) == (0.2, None, None)


@pytest.mark.parametrize(
    ("pieces", "end_ms", "expected"),
    [
        pytest.param([], 700, 0.6, id="from-the-head-to-the-end"),
        pytest.param([(650, b"x")], 700, 0.55, id="before-the-first-byte"),
        pytest.param([(150, b"x"), (650, b"x")], 700, 0.5, id="between-chunks"),
        pytest.param([(150, b"x")], 700, 0.55, id="before-the-end"),
        pytest.param([(300, b"data: 1\n\n"), (500, b": ping\n\n")], 700, 0.2, id="a-comment-is-no-silence"),
    ],
)
def test_the_longest_gap_is_the_longest_silence(pieces: list[tuple[int, bytes]], end_ms: int, expected: float) -> None:
    """Silence is looked for from the head to the end, at either end of the body too."""
    assert StreamTimings.of(transcript(pieces, end_ms=end_ms)).longest_gap_seconds == expected


# --- Instants of bytes --------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=8))
def test_every_byte_is_found_in_its_chunk(pieces: list[bytes]) -> None:
    """For each offset of the body, the chunk is the one that the byte came in, empty chunks passed over."""
    exchange = transcript([(index, piece) for index, piece in enumerate(pieces)], end_ms=99)
    expected = [index for index, piece in enumerate(pieces) for _ in piece]
    offsets = range(len(exchange.body))
    assert [exchange.chunk_index(offset) for offset in offsets] == expected
    assert [exchange.instant_ns(offset) for offset in offsets] == [index * MS for index in expected]


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=8))
def test_the_end_of_the_body_belongs_to_the_last_chunk(pieces: list[bytes]) -> None:
    """An offset just past the last byte is answered with the last chunk."""
    exchange = transcript([(index, piece) for index, piece in enumerate(pieces)], end_ms=99)
    assert exchange.chunk_index(len(exchange.body)) == len(pieces) - 1


def test_the_body_is_its_chunks() -> None:
    """The chunks joined are the body."""
    assert transcript([(1, b"ab"), (2, b""), (3, b"c")], end_ms=4).body == b"abc"


def test_an_empty_body_has_no_chunks() -> None:
    """Asking where a byte of no body came from is an error."""
    with pytest.raises(IndexError, match="no body"):
        transcript([], end_ms=1).instant_ns(0)


# --- Small questions to a transcript ------------------------------------------------------------------------


def test_header_names_compare_without_case() -> None:
    """All lines of a name are found in order, and joined as one value."""
    head = ResponseHead(status=200, headers=(("Vary", "a"), ("X-Vary", "c"), ("vary", "b")))
    assert (head.values("VARY"), head.value("Vary"), head.value("Age")) == (("a", "b"), "a, b", None)


def test_a_clean_end_is_one_that_a_reader_cannot_tell_from_success() -> None:
    """Only an end by framing or by the peer's close is clean."""
    assert {ending for ending in Ending if ending.is_clean} == {Ending.COMPLETE, Ending.CLOSED}


def test_some_ends_are_our_own_doing() -> None:
    """Reaching a limit and hanging up are the recorder's acts, not the endpoint's."""
    assert {ending for ending in Ending if ending.is_ours} == {Ending.LIMIT_REACHED, Ending.ABANDONED}
