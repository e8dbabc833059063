"""Family C on streams that a network has bunched, cut and delayed: honest ones never fall short."""

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import Transcript
from conformance.judging.evaluation import judge_rule
from conformance.profiles.profile import Profile
from conformance.samples import event, final, good_events, preview, timed_stream

RULES = load_catalogue().rules
PROFILE = Profile(name="cadence")
PING = b": ping\n\n"
# Few different pictures, since each costs an encoding.
PREVIEWS = tuple(event(preview(step, 8)) for step in range(1, 9))
FINAL = event(final())
FIRST_MS = st.integers(100, 20_000)


def verdict(id_: str, *transcripts: Transcript) -> Verdict:
    return judge_rule(RULES[id_], transcripts, PROFILE).verdict


def arrivals(sent_ms: list[int], delays_ms: list[int]) -> list[int]:
    """When things arrive that were sent at some instants and delayed, none overtaking another."""
    return list(accumulate((at + delay for at, delay in zip(sent_ms, delays_ms, strict=True)), max))


def stream_at(at_ms: list[int]) -> Transcript:
    events = [*(PREVIEWS[index % 8] for index in range(len(at_ms) - 1)), FINAL]
    return timed_stream(zip(at_ms, events, strict=True), end_ms=at_ms[-1] + 10)


@st.composite
def honest(draw: st.DrawFn, least_apart_ms: int, most_delay_ms: int) -> Transcript:
    """Events sent evenly or slower, each delayed by the network for a while."""
    count = draw(st.integers(1, 40))
    gaps = draw(st.lists(st.integers(least_apart_ms, 3 * least_apart_ms), min_size=count, max_size=count))
    delays = draw(st.lists(st.integers(0, most_delay_ms), min_size=count, max_size=count))
    sent = list(accumulate(gaps[1:], initial=draw(FIRST_MS)))
    return stream_at(arrivals(sent, delays))


@given(honest(least_apart_ms=100, most_delay_ms=250))
def test_previews_sent_100_ms_apart_are_never_too_fast(transcript: Transcript) -> None:
    """Whatever the network bunches within its 250 ms."""
    assert verdict("C05", transcript) is not Verdict.FAILED


@given(st.integers(4, 40), FIRST_MS, st.integers(100, 300), st.integers(0, 39), st.integers(0, 6000))
def test_one_stall_however_long_makes_no_haste(
    count: int, first_ms: int, apart_ms: int, place: int, stall_ms: int
) -> None:
    """A packet lost again and again over a satellite holds back seconds of previews, which then come together."""
    sent = [first_ms + apart_ms * index for index in range(count)]
    over_ms = sent[min(place, count - 1)] + stall_ms
    at_ms = [max(at, over_ms) if index >= place else at for index, at in enumerate(sent)]
    assert verdict("C05", stream_at(at_ms)) is not Verdict.FAILED


@given(honest(least_apart_ms=100, most_delay_ms=250))
def test_whole_events_are_never_held_back(transcript: Transcript) -> None:
    """Bunched events share reads, but none lies there half-sent."""
    assert verdict("C07", transcript) is not Verdict.FAILED


@given(st.integers(3, 30), st.integers(20, 500), FIRST_MS, st.data())
def test_an_even_stream_with_jitter_is_never_called_buffered(
    count: int, apart_ms: int, first_ms: int, data: st.DataObject
) -> None:
    """Not even a fast model after a cold start, as long as the jitter leaves some of its pace."""
    most_delay_ms = min((count - 1) * (apart_ms - 6), 1000)
    delays = data.draw(st.lists(st.integers(0, most_delay_ms), min_size=count, max_size=count))
    sent = [first_ms + apart_ms * index for index in range(count)]
    assert verdict("C04", stream_at(arrivals(sent, delays))) is not Verdict.FAILED


@given(st.integers(400, 8000), st.integers(1500, 30_000), st.lists(st.integers(0, 2), min_size=20, max_size=20))
def test_a_kept_body_is_called_buffered_however_it_is_cut(size: int, first_ms: int, pauses_ms: list[int]) -> None:
    """Reads of any size, a millisecond or two apart."""
    body = b"".join(good_events())
    reads = [body[start : start + size] for start in range(0, len(body), size)]
    at_ms = list(accumulate(pauses_ms[1 : len(reads)], initial=first_ms))
    transcript = timed_stream(zip(at_ms, reads, strict=True), end_ms=at_ms[-1] + 10)
    assert verdict("C04", transcript) is Verdict.FAILED


@given(st.integers(10, 60), st.integers(6, 60))
def test_a_preview_for_each_fast_step_is_too_fast(count: int, apart_ms: int) -> None:
    """Where the excess is more than one stall of the network makes, or is there in the first half and the second.

    Those within 100 ms of each other may be the stall itself, and do not count.
    """
    excess_ms, half, together = 100 - apart_ms, count // 2, min(100 // apart_ms, count - 1)
    is_certain = (count - 1) * excess_ms > 900 or min(half, count - 1 - half) * excess_ms > 250
    is_certain = is_certain and (count - 1) * excess_ms > 250 + together * 100
    transcript = stream_at([1500 + apart_ms * index for index in range(count)] + [10_000])
    assert (verdict("C05", transcript) is Verdict.FAILED) == is_certain


@given(st.integers(50, 600), st.booleans())
def test_what_tcp_keeps_for_a_round_trip_is_not_held_back(round_trip_ms: int, is_near: bool) -> None:
    """Nagle's algorithm sends the end of an event when the one before it is acknowledged, or with the next one."""
    events = [*PREVIEWS[:5], FINAL]
    pieces = [b"", *(piece[-100:] for piece in events)], [*(piece[:-100] for piece in events), b""]
    at_ms = [2000 + round_trip_ms * index for index in range(7)]
    kept = timed_stream(
        ((at, late + early) for at, late, early in zip(at_ms, *pieces, strict=True)), end_ms=at_ms[-1] + 10
    )
    connected_ns = 1_000_000 if is_near else round_trip_ms * 1_000_000
    phases = replace(kept.phases, connected_ns=connected_ns, request_sent_ns=connected_ns, head_ns=2 * connected_ns)
    expected = Verdict.FAILED if is_near and round_trip_ms > 51 else Verdict.PASSED
    assert verdict("C07", replace(kept, phases=phases)) is expected


@given(st.integers(200, 1000), st.lists(st.integers(1, 400), min_size=60, max_size=60))
def test_a_full_line_is_no_holding_back(size: int, pauses_ms: list[int]) -> None:
    """Three reads or more an event, cut anywhere, at any pace, and no pause much longer than the others."""
    body = b"".join(event(preview(step, 5, note="x" * 2000)) for step in range(1, 6)) + FINAL
    reads = [body[start : start + size] for start in range(0, len(body), size)]
    pace_ms = max(pauses_ms[0], 1)
    at_ms = [
        500 + pace_ms * index + pause % pace_ms for index, pause in zip(range(len(reads)), pauses_ms * 9, strict=False)
    ]
    transcript = timed_stream(zip(sorted(at_ms), reads, strict=True), end_ms=max(at_ms) + 10)
    assert verdict("C07", transcript) is not Verdict.FAILED


@given(st.lists(st.floats(0, 1), min_size=3, max_size=12), st.integers(20, 345))
def test_a_radio_that_sleeps_is_no_holding_back(cuts: list[float], asleep_ms: int) -> None:
    """Wherever it cuts large events, as long as more is left of them than a usual block."""
    events = [event(preview(step, 12, note="x" * 12_000)) for step in range(1, len(cuts))] + [
        event(final(note="x" * 12_000))
    ]
    places = [int(share * (len(piece) - 4097)) for share, piece in zip(cuts, events, strict=True)]
    fronts = [piece[:place] for place, piece in zip(places, events, strict=True)]
    backs = [piece[place:] for place, piece in zip(places, events, strict=True)]
    reads = [late + early for late, early in zip([b"", *backs], [*fronts, b""], strict=True)]
    timed = [(2000 + asleep_ms * index, read) for index, read in enumerate(reads) if read]
    assert verdict("C07", timed_stream(timed, end_ms=timed[-1][0] + 10)) is not Verdict.FAILED


@given(st.lists(st.integers(0, 2000), min_size=0, max_size=40), st.integers(1000, 15_000))
def test_heartbeats_a_second_apart_are_never_too_fast(delays_ms: list[int], apart_ms: int) -> None:
    """Whatever the network holds back for up to two seconds."""
    beats = arrivals([200 + apart_ms * index for index in range(len(delays_ms))], delays_ms)
    end_ms = max([*beats, 0]) + 500
    pieces = [(100, PREVIEWS[0]), *((at_ms, PING) for at_ms in beats), (end_ms, FINAL)]
    assert verdict("C08", timed_stream(pieces, end_ms=end_ms + 10)) is not Verdict.FAILED


@given(st.lists(st.tuples(st.integers(0, 30_000), st.booleans()), min_size=1, max_size=12))
def test_silence_is_what_lasts_over_20_s(gaps: list[tuple[int, bool]]) -> None:
    """Comments break it as well as events do, and it counts from the head."""
    instants = list(accumulate(gap for gap, _ in gaps))
    spoken = [
        (20 + at_ms, PING if is_ping else PREVIEWS[0]) for at_ms, (_, is_ping) in zip(instants, gaps, strict=True)
    ]
    final_ms = spoken[-1][0] + 100
    transcript = timed_stream([*spoken, (final_ms, FINAL)], end_ms=final_ms + 60_000)
    assert (verdict("C03", transcript) is Verdict.FAILED) == any(gap > 20_000 for gap, _ in gaps)


@pytest.mark.parametrize("id_", ["C01", "C02", "C04", "C05", "C06", "C07", "C08"])
def test_one_good_run_clears_the_others(id_: str) -> None:
    """What is in the worst run only is jitter or a cold start."""
    good = stream_at([500, 1500, 2500, 3500, 4500, 5500])
    failing = [item.transcripts[0] for item in RULES[id_].fails]
    assert [verdict(id_, bad, good) for bad in failing] == [Verdict.PASSED] * len(failing)
