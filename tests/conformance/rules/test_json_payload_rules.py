"""Family J held against properties: what a count, an echo, an integer or a character must never or always do."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import Ending, Transcript
from conformance.judging.evaluation import judge_rule
from conformance.judging.rule_result import RuleResult
from conformance.profiles.profile import Profile
from conformance.samples import answer, event, final, good_events, preview, stream
from conformance.stream.evidence import Evidence
from conformance.stream.location import offset_of
from conformance.stream.payload import Json

RULES = load_catalogue().rules
PROFILE = Profile(name="payloads")

STEPS = st.integers(min_value=0, max_value=60)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
LEAKS = st.sampled_from(
    (
        "Traceback (most recent call last):\n  File",
        "/root/.ssh/id_rsa",
        "/home/me/picture.png",
        "C:\\Users\\me\\picture.png",
        f"hf_{'x' * 34}",
        "-----BEGIN PRIVATE KEY-----",
    )
)


def judged(id_: str, *transcripts: Transcript) -> RuleResult:
    return judge_rule(RULES[id_], transcripts, PROFILE)


def counting(*payloads: dict[str, Json]) -> Transcript:
    return stream(*map(event, payloads), event(final()))


@given(st.lists(STEPS, min_size=1, max_size=8).map(sorted), st.booleans())
def test_steps_that_only_grow_are_never_a_fault(steps: list[int], as_text: bool) -> None:
    """However a growing count within its total is written, J06 is content."""
    payloads = ({"progress": f"{step}/60"} if as_text else {"step": step, "total_steps": 60} for step in steps)
    assert judged("J06", counting(*payloads)).verdict is Verdict.PASSED


@given(st.lists(STEPS, min_size=2, max_size=8))
def test_a_step_back_in_one_stage_is_always_a_fault(steps: list[int]) -> None:
    """J06 fails exactly when some step is smaller than the one before."""
    goes_back = any(later < earlier for earlier, later in pairwise(steps))
    result = judged("J06", counting(*({"current_step": step} for step in steps)))
    assert (result.verdict is Verdict.FAILED) == goes_back


@given(st.lists(st.floats(min_value=0, max_value=100), min_size=1, max_size=8).map(sorted))
def test_growing_percentages_are_never_a_fault(values: list[float]) -> None:
    """Percentages that come singly, each with a status of its own, are not taken for shares."""
    payloads = ({"progress": value, "status": f"{value} percent"} for value in (*values, 100))
    assert judged("J06", counting(*payloads)).verdict is Verdict.PASSED


def test_a_stream_that_broke_off_early_may_have_counted_in_percent() -> None:
    """1.5 is 1.5 percent when nothing says how far the count would have gone."""
    early = stream(*(event({"progress": value}) for value in (0.5, 1.5)), ending=Ending.TRUNCATED)
    assert judged("J06", early).verdict is Verdict.PASSED


@given(TEXTS, LEAKS, TEXTS)
def test_an_echo_of_the_request_is_no_leak(before: str, leak: str, after: str) -> None:
    """Whatever the user wrote may come back."""
    prompt = before + leak + after
    echo = stream(*good_events(1), event(final(prompt=prompt)), payload={"prompt": prompt})
    refusal = answer("invalid_input", 422, {"detail": [{"input": "x"}]})
    assert judged("J07", echo, refusal).verdict is Verdict.PASSED


@given(TEXTS)
def test_ordinary_prompts_are_no_leaks(prompt: str) -> None:
    """Text without a traceback, a secret or a path is never a finding, asked for or not."""
    assert judged("J07", stream(*good_events(1), event(final(prompt=prompt)))).verdict is Verdict.PASSED


@given(st.binary(min_size=1000, max_size=4000))
def test_encoded_bytes_are_not_searched(data: bytes) -> None:
    """Hexadecimal and other encodings of bytes hold no secrets by accident."""
    assert judged("J07", stream(event(final(latents=data.hex())))).verdict is Verdict.PASSED


def test_a_secret_is_not_repeated_in_the_report() -> None:
    """The finding names the secret's beginning only and shows no bytes around it."""
    token = f"hf_{'aB3' * 12}"
    (finding,) = judged("J07", stream(event(final(config=token)))).findings
    assert (token in finding.message, finding.excerpt) == (False, None)


@given(DOCUMENTS)
def test_what_json_dumps_writes_is_strict_json(document: Json) -> None:
    """No document of finite numbers fails J01, whatever its shape."""
    assert judged("J01", stream(event(document), *good_events(1))).verdict is Verdict.PASSED


@given(st.integers(min_value=-(2**70), max_value=2**70))
def test_an_integer_fails_outside_the_safe_range_only(number: int) -> None:
    """J08 draws the line where JavaScript does: Number.isSafeInteger."""
    result = judged("J08", stream(event(final(seed=number))))
    assert (result.verdict is Verdict.FAILED) == (abs(number) > 2**53 - 1)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=30), st.data())
def test_a_character_of_the_data_is_found_in_the_body(text: str, data: st.DataObject) -> None:
    """An offset leads to the first byte of that very character, over several data lines too."""
    body = "".join(f"data: {line}\n" for line in text.split("\n")).encode() + b"\n"
    generation = Evidence(stream(b": hello\n\n", *good_events(1), b"event: x\n" + body))
    event_ = generation.events[-1]
    position = data.draw(st.integers(min_value=0, max_value=len(event_.sse.data) - 1))
    offset = offset_of(generation, event_, position)
    assert generation.body[offset:].decode().startswith(event_.sse.data[position])


@given(st.integers(min_value=3, max_value=7), st.data())
def test_one_odd_preview_among_equals_is_named(count: int, data: st.DataObject) -> None:
    """J05 points at the preview that lacks a member, wherever it stands."""
    odd = data.draw(st.integers(min_value=0, max_value=count - 1))
    payloads = [preview(step, count) for step in range(1, count + 1)]
    del payloads[odd]["progress"]
    (finding,) = judged("J05", stream(*map(event, payloads), event(final()))).findings
    assert finding.event == odd


def test_a_number_too_large_for_a_float_breaks_no_rule() -> None:
    """Every rule of the family gives a verdict on numbers of any size."""
    huge = f'data: {{"step": {"9" * 400}, "total": 1e999, "progress": -1e999}}\n\n'.encode()
    family = [id_ for id_ in RULES if id_[0] in "JF"]
    verdicts = {id_: judged(id_, stream(huge, *good_events())).verdict for id_ in family}
    assert [id_ for id_, verdict in verdicts.items() if verdict is Verdict.NOT_TESTABLE] == []


def test_a_name_with_half_a_surrogate_pair_can_be_reported() -> None:
    """A finding that quotes such a name can be written as UTF-8."""
    payload = {chr(0xD83C): "/root/secret", chr(0xD83D): 2**60, "x": chr(0xD83C)}
    findings = [item for id_ in ("J04", "J07", "J08") for item in judged(id_, stream(event(payload))).findings]
    assert len(findings) == 3
    assert all(json.dumps(item.message, ensure_ascii=False).encode() for item in findings)
