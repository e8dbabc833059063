"""Symptoms: the same fault again has the same one, another fault has another."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.catalogue import Rule, Sample
from conformance.core import Chunk, Transcript
from conformance.judging.evaluation import judge_rule
from conformance.judging.symptom import symptom
from conformance.profiles.profile import Profile
from tests.conformance.verdicts import RULES, failing, samples

MS = 1_000_000
NUMBERS = st.integers(0, 10**12).map(str) | st.floats(0, 10**6).map("{:.2f}".format)
HEX = st.text("0123456789abcdef", min_size=8, max_size=40).filter(lambda text: any(map(str.isdigit, text)))
IDS = HEX | st.uuids().map(str)
# What an official client makes of a stream depends on its chunk edges: with others, it is another fault.
ON_ANY_EDGES = st.deferred(
    lambda: st.sampled_from([(rule, item) for rule, item in samples(failing) if rule.family != "X"])
)


@pytest.mark.parametrize(
    ("rule_id", "message", "expected"),
    [
        ("S03", 'the stream ends without a blank line after \'data: {"final": true, "ur...\'', "9742dc0e"),
        ("H02", "Content-Type is 'application/json', expected 'text/event-stream'", "bda1d422"),
        ("C03", "nothing came for 60.0 s, from 1.0 s to 61.0 s, expected some bytes at least every 15 s", "5b79edf1"),
    ],
)
def test_a_symptom_stays_what_it_was(rule_id: str, message: str, expected: str) -> None:
    """Lists of known failures hold symptoms of earlier versions."""
    assert symptom(rule_id, message) == expected


@given(numbers=st.lists(NUMBERS, min_size=3, max_size=3))
@pytest.mark.parametrize(
    "template",
    [
        "nothing came for {} s, from {} s to {} s, expected some bytes",
        "{} events came within {} ms, {} s after the request",
        "seed is {}, expected at most {}: JavaScript reads {}",
        "the image is {} x {}, expected the ratio of images[{}]",
        "retry is '{}.{}', expected at most '{}'",
    ],
)
def test_numbers_do_not_matter(template: str, numbers: list[str]) -> None:
    """Instants, sizes and seeds differ from run to run."""
    assert symptom("C03", template.format(*numbers)) == symptom("C03", template.format(1, 2, 3))


@given(first=IDS, second=IDS)
@pytest.mark.parametrize(
    "template",
    [
        "the request {} was refused",
        "the id is '{}', expected a number",
        "image.url is 'https://cdn.example.com/files/{}.jpg', expected a URL of its own",
        'the last event is {{"request_id": "{}"}}, which holds no result',
        'the data \'{{"id": "{}"}}\' is not strict JSON',
    ],
)
def test_ids_do_not_matter(template: str, first: str, second: str) -> None:
    """Request ids and file names are made anew for each run."""
    assert symptom("J01", template.format(first)) == symptom("J01", template.format(second))


@given(first=st.text(), second=st.text())
def test_what_was_sent_does_not_matter(first: str, second: str) -> None:
    """Whatever payload a finding quotes, it is the fault that counts."""
    said = [f"the line {'{' + text!r} looks like payload, expected 'data: ' before it" for text in (first, second)]
    assert symptom("S06", said[0]) == symptom("S06", said[1])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1 event was cut off", "12 events were cut off".replace("were", "was")),
        ("the gap is 980 ms", "the gap is 1.02 s"),
        ("events 4, 5 are marked final", "events 3, 7, 9 are marked final"),
        ("'Data' is unknown", "'Data' is unknown (and 12 more)"),
        ("the head came after 12.0 s", "the head came after 14.0 s in the best of 3 runs"),
        ("the picture is truncated (67 bytes not processed)", "the picture is truncated"),
        ("step is -1, expected 0 or more", "step is -2.5e3, expected 0 or more"),
        ("no answer came (11 byte(s) follow: b'2\\r\\n'), expected one", "no answer came, expected one"),
        ("the line is b'\\x00 torn'", "the line is b'\\x07 open'"),
        ("byte 0xe9 does not begin a character", "byte 0xc0 does not begin a character"),
    ],
)
def test_the_same_fault_has_the_same_symptom(first: str, second: str) -> None:
    """Counts, units, asides and repetitions are no part of a fault."""
    assert symptom("S01", first) == symptom("S01", second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("the status is 500, expected 200", "the status is 404, expected 200"),
        ("GET is answered with 500, expected 405 with Allow", "GET is answered with 404, expected 405 with Allow"),
        ("Content-Type is 'application/json'", "Content-Type is 'text/plain'"),
        ("there is no Content-Type", "Content-Type is 'text/plain'"),
        ("image has no string 'url'", "image has no string 'content_type'"),
        ("the last event is an error: 'CUDA out of memory'", "the last event is an error: 'no mesh'"),
        ("'https://cdn.example.com/1.jpg' comes back", "'https://other.example/1.jpg' comes back"),
        ("the server's log has 'a', expected 'b'", "the server's log has 'c', expected 'b'"),
    ],
)
def test_another_fault_has_another_symptom(first: str, second: str) -> None:
    """Statuses, names and words are what tells faults apart."""
    assert symptom("S01", first) != symptom("S01", second)


def test_rules_share_no_symptom() -> None:
    """A symptom that was copied to the wrong rule excuses nothing."""
    assert len({symptom(rule.id, "the same words") for rule in RULES}) == len(RULES)


def symptoms(rule: Rule, item: Sample, *transcripts: Transcript) -> tuple[str, ...]:
    return judge_rule(rule, transcripts, Profile(name="sample", conventions=item.conventions)).symptoms


def split(transcript: Transcript, at: float) -> Transcript:
    """The same bytes at the same instants, each chunk in two pieces of one read."""
    pieces = [
        Chunk(at_ns=chunk.at_ns, data=data)
        for chunk in transcript.chunks
        for data in (chunk.data[: int(len(chunk.data) * at)], chunk.data[int(len(chunk.data) * at) :])
        if data
    ]
    return replace(transcript, chunks=tuple(pieces))


def late(transcript: Transcript, by_ns: int) -> Transcript:
    """The same exchange with an answer that comes a little later."""
    head_ns = transcript.phases.head_ns
    return replace(
        transcript,
        phases=replace(transcript.phases, head_ns=None if head_ns is None else head_ns + by_ns),
        chunks=tuple(replace(chunk, at_ns=chunk.at_ns + by_ns) for chunk in transcript.chunks),
        end=replace(transcript.end, at_ns=transcript.end.at_ns + by_ns),
    )


@settings(deadline=None, max_examples=60)  # samples draw pictures
@given(sample=ON_ANY_EDGES, at=st.floats(0, 1), by_ns=st.integers(0, 40 * MS))
def test_a_fault_met_again_has_the_same_symptoms(sample: tuple[Rule, Sample], at: float, by_ns: int) -> None:
    """Other chunk edges and other instants: every failing sample looks as it did."""
    rule, item = sample
    again = [late(split(transcript, at), by_ns) for transcript in item.transcripts]
    assert symptoms(rule, item, *again) == symptoms(rule, item, *item.transcripts)
