"""Family R on clients that leave, are slow or ask again: what an honest endpoint may do never falls short."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import Ending, Transcript
from conformance.judging.evaluation import judge_rule
from conformance.profiles.profile import Profile
from conformance.samples import event, final, good_events, picture, picture_bytes, preview, stream, timed_stream
from conformance.stream.payload import Json

RULES = load_catalogue().rules
PROFILE = Profile(name="robustness")
# Few different pictures, since each costs an encoding.
EVENTS = tuple(good_events(8))
FINAL = EVENTS[-1]
ASKED: dict[str, Json] = {"prompt": "a red disc", "seed": 42}
ASKED_BEFORE: dict[str, Json] = {"prompt": "a red disc, at night", "seed": 43}
PAUSES_MS = st.lists(st.integers(20, 3000), min_size=8, max_size=8)
FIRST_MS = st.integers(100, 10_000)


def verdict(id_: str, *transcripts: Transcript) -> Verdict:
    return judge_rule(RULES[id_], transcripts, PROFILE).verdict


def paced(first_ms: int, pauses_ms: list[int], probe: str = "generation") -> Transcript:
    """Eight previews and a final."""
    at_ms = list(accumulate(pauses_ms, initial=first_ms))
    return timed_stream(zip(at_ms, EVENTS, strict=True), end_ms=at_ms[-1] + 10, probe=probe)


def left(first_ms: int = 500, shown: bytes = EVENTS[0]) -> Transcript:
    return stream(
        shown,
        first_ms=first_ms,
        end_after_ms=0,
        probe="abandoned_generation",
        ending=Ending.ABANDONED,
        payload=ASKED_BEFORE,
    )


@given(FIRST_MS, PAUSES_MS, st.integers(0, 2), st.integers(0, 100))
def test_app_that_notices_within_two_steps_is_soon_enough(
    first_ms: int, pauses_ms: list[int], steps: int, network_ms: int
) -> None:
    """Whatever the rhythm of the steps, the next request may wait for two of them."""
    wait_ms = first_ms + sum(pauses_ms[:steps]) * 9 // 10 + network_ms
    following = paced(wait_ms, pauses_ms, "next_generation")
    assert verdict("R01", paced(first_ms, pauses_ms), left(first_ms), following) is not Verdict.FAILED


@given(FIRST_MS, st.integers(300, 3000), st.floats(0.8, 1.2))
def test_wait_for_the_rest_of_the_abandoned_generation_fails(first_ms: int, step_ms: int, share: float) -> None:
    """A worker that finishes what nobody reads is found, give or take a fifth."""
    pauses_ms = [step_ms] * 8
    following = paced(first_ms + int(sum(pauses_ms) * share), pauses_ms, "next_generation")
    assert verdict("R01", paced(first_ms, pauses_ms), left(first_ms), following) is Verdict.FAILED


@given(FIRST_MS, PAUSES_MS, st.floats(1.4, 20))
def test_wait_that_the_abandoned_generation_cannot_explain_is_not_judged(
    first_ms: int, pauses_ms: list[int], share: float
) -> None:
    """A cold start or a queue is longer than what was left."""
    wait_ms = first_ms + int(sum(pauses_ms) * share) + 1000
    following = paced(wait_ms, pauses_ms, "next_generation")
    assert verdict("R01", paced(first_ms, pauses_ms), left(first_ms), following) is Verdict.NOT_APPLICABLE


@given(st.sets(st.integers(0, 7)), st.booleans())
def test_slow_reader_may_miss_any_previews(missed: set[int], has_heartbeat: bool) -> None:
    """The final is what counts."""
    kept = [piece for index, piece in enumerate(EVENTS) if index not in missed]
    tail = [b": ping\n\n"] if has_heartbeat else []
    assert verdict("R03", stream(*EVENTS), stream(*kept, *tail, probe="slow_generation")) is Verdict.PASSED


@given(st.data())
def test_final_that_is_cut_off_anywhere_is_lost(data: st.DataObject) -> None:
    """However much of it came, and however the connection ended."""
    cut = FINAL[: data.draw(st.integers(0, len(FINAL) - 2))]
    ending = data.draw(st.sampled_from([Ending.COMPLETE, Ending.CLOSED, Ending.TRUNCATED, Ending.RESET]))
    slow = stream(*EVENTS[:-1], cut, probe="slow_generation", ending=ending)
    assert verdict("R03", stream(*EVENTS), slow) is Verdict.FAILED


@given(st.integers(50, 95), st.sampled_from(["JPEG", "WEBP"]), st.sampled_from([0.0, 0.05, 0.1]))
def test_encoding_and_rounding_do_not_make_another_picture(quality: int, image_format: str, noise: float) -> None:
    """Same seed, other bytes."""
    shown = picture_bytes(quality=quality, image_format=image_format, noise=noise)
    repeat = stream(event(final(images=[picture(shown)])), probe="repeat_generation", payload=ASKED)
    assert verdict("R05", stream(*EVENTS, payload=ASKED), repeat) is Verdict.PASSED


@given(st.lists(st.sampled_from(EVENTS[:-1]), max_size=8, unique=True), st.booleans())
def test_events_of_its_own_in_any_order_are_no_leftovers(own: list[bytes], started_before: bool) -> None:
    """Previews may be lost, or overtake each other, and a first attempt may have failed."""
    sent = [*EVENTS[:3], *EVENTS] if started_before else [*own, FINAL]
    following = stream(*sent, probe="next_generation", payload=ASKED)
    night = event(preview(1, 8, image=picture(picture_bytes(0.2, hue=60))))
    assert verdict("R08", stream(*EVENTS, payload=ASKED), left(shown=night), following) is Verdict.PASSED


@given(st.integers(1, 7), st.integers(1, 7))
def test_leftovers_before_a_whole_stream_are_found(first: int, count: int) -> None:
    """Whichever events of another generation come first, the count starts over."""
    leftovers = EVENTS[first : min(first + count, 8)]
    night = event(preview(1, 8, image=picture(picture_bytes(0.2, hue=60))))
    following = stream(*leftovers, *EVENTS, probe="next_generation", payload=ASKED)
    assert verdict("R08", stream(*EVENTS, payload=ASKED), left(shown=night), following) is Verdict.FAILED
