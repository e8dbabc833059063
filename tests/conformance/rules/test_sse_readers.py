"""Family S against readers: httpx-sse as fal_client uses it, and our own decoder however the bytes are cut."""

from collections.abc import Iterator

import httpx_sse._decoders as httpx_sse
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import Ending, EventStreamDecoder, Transcript, parse_blocks
from conformance.judging.evaluation import judge_rule
from conformance.profiles.profile import Profile
from conformance.samples import event, final, good_events, preview, stream

RULES = load_catalogue().rules
BODIES = sorted(
    {item.transcripts[0].body for id_, rule in RULES.items() if id_[0] == "S" for item in rule.fails}, key=len
)
SMALL_BODIES = [body for body in BODIES if len(body) < 100_000]
PROFILE = Profile(name="readers")

LINES = st.sampled_from(
    (
        *(b"", b"", b"data: {}", b"data", b": ping", b"event: x", b"event:", b"id: 1", b"id:", b"id: a\x00b"),
        *(b"retry: 3000", b"retry: +5", b"retry: 1.5", b"retry:", b"Data: {}", b"ping", b'{"a": 1}'),
    )
)
BODY = st.lists(LINES, max_size=24).map(lambda lines: b"".join(line + b"\n" for line in lines))


def verdict(id_: str, transcript: Transcript) -> Verdict:
    return judge_rule(RULES[id_], [transcript], PROFILE).verdict


def read_by_httpx_sse(body: bytes) -> Iterator[str]:
    decoder = httpx_sse.SSEDecoder()
    for line in httpx_sse.SSELineDecoder().decode(body.decode()):
        if (sse := decoder.decode(line)) is not None:
            yield sse.data


def read(*pieces: bytes) -> list[tuple[str, str, int]]:
    decoder = EventStreamDecoder()
    return [(sse.event, sse.data, sse.offset) for piece in pieces for sse in decoder.feed(piece)]


@given(body=BODY)
def test_phantom_events_of_httpx_sse_are_named_by_s07_or_s08(body: bytes) -> None:
    """httpx-sse reads other data than the standard exactly where one of the two rules fires."""
    agrees = list(read_by_httpx_sse(body)) == [data for _, data, _ in read(body)] if body else True
    fired = {id_ for id_ in ("S07", "S08") if verdict(id_, stream(body)) is Verdict.FAILED}
    assert (not agrees) == bool(fired)


@given(body=BODY)
def test_no_line_is_both_unknown_field_and_stray_payload(body: bytes) -> None:
    """S05 and S06 never point at the same byte."""
    found = {
        id_: {finding.byte_offset for finding in judge_rule(RULES[id_], [stream(body)], PROFILE).findings}
        for id_ in ("S05", "S06")
    }
    assert found["S05"] & found["S06"] == set()


@pytest.mark.parametrize("body", SMALL_BODIES, ids=lambda body: f"{len(body)}-bytes")
def test_events_do_not_depend_on_the_cut(body: bytes) -> None:
    """Cut at every byte, between CR and LF, in halves or not at all, the events and their offsets are the same."""
    whole = read(body)
    assert read(*(body[at : at + 1] for at in range(len(body)))) == whole
    edges = [at for at in range(1, len(body)) if body[at - 1] in b"\r\n" or body[at] in b"\r\n"]
    for at in (*edges[:40], *edges[-40:], len(body) // 2):
        assert read(body[:at], body[at:]) == whole


@pytest.mark.parametrize("body", BODIES, ids=lambda body: f"{len(body)}-bytes")
def test_decoder_and_anatomy_agree(body: bytes) -> None:
    """The decoder's events are the dispatched blocks of the independent reading."""
    blocks = [block for block in parse_blocks(body) if block.is_dispatched]
    assert [(data, offset) for _, data, offset in read(body)] == [(block.data, block.offset) for block in blocks]


@pytest.mark.parametrize("ending", [Ending.TRUNCATED, Ending.RESET, Ending.TIMED_OUT, Ending.ABANDONED])
@pytest.mark.parametrize(
    ("id_", "pieces"),
    [
        ("S01", [*good_events(), b": caf\xc3"]),
        ("S03", [event(preview()), event(final())[:-40]]),
        ("S04", [b": ping\n\n"]),
        ("S05", [*good_events(), b"dat"]),
        ("S06", [*good_events(), b'data: {"a": 1,\ndat']),
        ("S06", [*good_events(), b'data: {"a": 1,\nda\n']),
        ("S10", [part.replace(b"\n", b"\r\n") for part in good_events()[:-1]] + [b"data: {}\r\n\r"]),
    ],
)
def test_stream_that_was_cut_off_is_not_blamed_for_the_cut(id_: str, pieces: list[bytes], ending: Ending) -> None:
    """What the missing rest could have put right is no fault."""
    assert verdict(id_, stream(*pieces, ending=ending)) in (Verdict.PASSED, Verdict.NOT_APPLICABLE)


def test_s08_needs_an_id() -> None:
    """Without any id, S08 has nothing to judge, and says what was missing."""
    result = judge_rule(RULES["S08"], [stream(b": ping\n\n", *good_events())], PROFILE)
    assert (result.verdict, result.reason) == (Verdict.NOT_APPLICABLE, "fewer than 1 non-empty id: 0")


@pytest.mark.parametrize(
    ("id_", "body", "offset"),
    [
        ("S01", b"\xef\xbb\xbf: caf\xe9\n\n" + good_events()[0], 8),
        ("S05", b": hello\nData: {}\n\n", 8),
        ("S06", b'data: {"a": "x\ny: z"}\n\n', 15),
        ("S07", b": hello\nretry: 3000\n\n", 8),
        ("S10", b"data: {}\n\ndata: {}\r\n\n", 18),
        ("S11", b"data: {\r\ndata: }\r\n\r\n", 7),
        ("S14", b"id: a\x00b\ndata: {}\n\n", 5),
    ],
)
def test_finding_points_at_the_fault(id_: str, body: bytes, offset: int) -> None:
    """The byte offset is that of the fault itself, so that the excerpt shows it."""
    (finding,) = judge_rule(RULES[id_], [stream(body)], PROFILE).findings
    assert finding.byte_offset == offset


def test_many_findings_are_counted() -> None:
    """Three findings are shown, and the third says how many more there are."""
    findings = judge_rule(RULES["S09"], [stream(b"data:\n\n" * 10)], PROFILE).findings
    assert (len(findings), findings[-1].message.endswith("(and 7 more)")) == (3, True)
