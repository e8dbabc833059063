"""R02 and E08 on requests at once: whatever honest streams do beside each other, they are not taken for a mix-up."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import Ending, StreamEnd, Transcript
from conformance.judging.evaluation import judge_rule
from conformance.profiles.profile import Profile
from conformance.samples import answer, event, final, picture, picture_bytes, preview, stream
from conformance.stream.payload import Json

RULES = load_catalogue().rules
PROFILE = Profile(name="simultaneous")
STEPS = (1, 2, 3, 4)
PROBE = "concurrent_generations"
ENDINGS = st.sampled_from([Ending.COMPLETE, Ending.CLOSED, Ending.TRUNCATED, Ending.RESET, Ending.TIMED_OUT])


def asked(number: int) -> dict[str, Json]:
    return {"prompt": f"a red disc, number {number}", "seed": 42 + 1000 * number}


def drawn(number: int, *, has_steps: bool = True) -> list[bytes]:
    """Four previews and a final of one request; of the undisturbed generation for number 0."""
    shown = [picture(picture_bytes(0.225 * step, hue=30 * number)) for step in STEPS]
    previews = [
        preview(step, image=image) if has_steps else {"image": image} for step, image in zip(STEPS, shown, strict=True)
    ]
    images: Json = [picture(picture_bytes(hue=30 * number, quality=95))]
    return [*map(event, previews), event(final(images=images, **asked(number)))]


PLACEHOLDER = event({"status": "queued", "image": picture(picture_bytes(0.7, hue=95))})


def sent(number: int, *pieces: bytes, ending: Ending = Ending.COMPLETE) -> Transcript:
    return stream(*pieces, probe=PROBE, payload=asked(number), ending=ending)


def verdict(id_: str, *transcripts: Transcript, has_steps: bool = True) -> Verdict:
    usual = stream(*drawn(0, has_steps=has_steps), payload=asked(0))
    return judge_rule(RULES[id_], [usual, *transcripts], PROFILE).verdict


@st.composite
def honest(draw: st.DrawFn, number: int) -> Transcript:
    """A stream of its own, as a busy endpoint may send it: late, started again, in part, cut off, or not at all."""
    if draw(st.integers(0, 5)) == 0:
        refusal = answer(PROBE, draw(st.sampled_from([422, 429, 500, 503])), {"detail": "busy"})
        return replace(refusal, request=sent(number).request)
    if draw(st.integers(0, 5)) == 0:
        return replace(sent(number), head=None, end=StreamEnd(ending=Ending.TIMED_OUT, at_ns=60_000_000_000))
    own = drawn(number)
    first_try = own[: draw(st.integers(0, 4))]
    kept = [piece for piece in own[:-1] if draw(st.booleans())]
    order = draw(st.permutations(kept)) if not first_try else kept
    waiting = [PLACEHOLDER] * draw(st.integers(0, 3))
    pieces = [*waiting, *first_try, *order, *own[-1:]]
    ending = draw(ENDINGS)
    return sent(
        number, *(pieces if ending is Ending.COMPLETE else pieces[: draw(st.integers(0, len(pieces)))]), ending=ending
    )


@given(honest(1), honest(2), honest(3))
def test_honest_streams_never_mix(first: Transcript, second: Transcript, third: Transcript) -> None:
    """Previews may be lost or late, generations may start again, some may fail."""
    assert verdict("R02", first, second, third) is not Verdict.FAILED


@given(st.integers(0, 4), st.integers(0, 4), st.booleans())
def test_one_event_of_another_is_found_wherever_it_stands(foreign: int, place: int, has_steps: bool) -> None:
    """Only a first picture with which both begin could be a placeholder."""
    mine, theirs = drawn(1, has_steps=has_steps), drawn(2, has_steps=has_steps)
    mixed = [*mine[:place], theirs[foreign], *mine[place:]]
    expected = Verdict.PASSED if (foreign, place) == (0, 0) else Verdict.FAILED
    said = verdict("R02", sent(1, *mixed), sent(2, *theirs), has_steps=has_steps)
    assert said is expected


@given(st.permutations([1, 2, 3]).filter(lambda order: list(order) != [1, 2, 3]))
def test_finals_that_are_exchanged_are_found(order: list[int]) -> None:
    """Whoever gets whose."""
    streams = [
        sent(number, *drawn(number)[:-1], drawn(other)[-1]) for number, other in zip((1, 2, 3), order, strict=True)
    ]
    assert verdict("R02", *streams) is Verdict.FAILED


@given(st.integers(1, 4), st.integers(1, 4))
def test_a_generation_may_start_again_wherever_it_stood(stopped: int, resumed: int) -> None:
    """Once: from the beginning, or from where it was saved, even without pictures that tell."""
    steps = [*STEPS[:stopped], *STEPS[min(resumed, stopped) - 1 :]]
    bare = [event({"step": step}) for step in steps]
    assert verdict("R02", sent(1, *bare, drawn(1)[-1]), sent(2, *drawn(2))) is Verdict.PASSED


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_a_queue_may_take_its_time(first: int, second: int, third: int) -> None:
    """However late each of them comes, as long as it comes."""
    waits = zip((1, 2, 3), (first, second, third), strict=True)
    late = [stream(*drawn(n), probe=PROBE, payload=asked(n), first_ms=500 + 1000 * wait) for n, wait in waits]
    assert verdict("E08", *late) is Verdict.PASSED
