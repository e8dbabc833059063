"""Transcripts as lines of text: written and read back without loss, and damage is named."""

import json
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.core import (
    Chunk,
    Ending,
    Phases,
    Redirect,
    Request,
    ResponseHead,
    StreamEnd,
    Transcript,
    TranscriptError,
    read_transcript,
    write_transcript,
)

TINY = Transcript(
    probe="generation",
    started_at="2025-01-31T12:00:00Z",
    masked_secrets=1,
    request=Request(
        method="POST",
        url="http://127.0.0.1:8000/stream",
        headers=(("Accept", "text/event-stream"), ("X-Name", "caf\u00e9")),
        body=b'{"prompt":"a red disc"}',
    ),
    redirects=(
        Redirect(
            url="http://127.0.0.1:8000/stream",
            head=ResponseHead(status=307, headers=(("location", "/stream/"),)),
        ),
    ),
    phases=Phases(resolved_ns=1_000, connected_ns=2_000, request_sent_ns=3_000, head_ns=4_000),
    head=ResponseHead(
        status=200,
        http_version="HTTP/1.1",
        headers=(("Content-Type", "text/event-stream"), ("Vary", "a"), ("Vary", "b")),
    ),
    chunks=(Chunk(at_ns=5_000, data=b'data: {"step":1}\n\n'), Chunk(at_ns=6_000, data=b"\xff\xfe")),
    end=StreamEnd(ending=Ending.TRUNCATED, at_ns=7_000, detail="peer closed"),
)

TINY_LINES = [
    (
        '{"line":"transcript","format":"fal-stream-transcript","version":1,"probe":"generation",'
        '"started_at":"2025-01-31T12:00:00Z","masked_secrets":1}'
    ),
    (
        '{"line":"request","method":"POST","url":"http://127.0.0.1:8000/stream",'
        '"headers":[["Accept","text/event-stream"],["X-Name","caf\\u00e9"]],'
        '"text":"{\\"prompt\\":\\"a red disc\\"}"}'
    ),
    (
        '{"line":"redirect","url":"http://127.0.0.1:8000/stream","status":307,"http_version":"HTTP/1.1",'
        '"headers":[["location","/stream/"]]}'
    ),
    '{"line":"phases","resolved_ns":1000,"connected_ns":2000,"tls_ns":null,"request_sent_ns":3000,"head_ns":4000}',
    (
        '{"line":"head","status":200,"http_version":"HTTP/1.1",'
        '"headers":[["Content-Type","text/event-stream"],["Vary","a"],["Vary","b"]]}'
    ),
    '{"line":"chunk","at_ns":5000,"text":"data: {\\"step\\":1}\\n\\n"}',
    '{"line":"chunk","at_ns":6000,"base64":"//4="}',
    '{"line":"end","ending":"truncated","at_ns":7000,"detail":"peer closed"}',
]

# Header bytes that are not UTF-8 are kept as Python keeps them in file names: as lone surrogates.
wire_texts = st.binary(max_size=20).map(lambda data: data.decode("utf-8", "surrogateescape"))
headers = st.lists(st.tuples(wire_texts, wire_texts), max_size=4).map(tuple)
instants = st.integers(0, 2**63)
heads = st.builds(
    ResponseHead,
    status=st.integers(100, 999),
    http_version=st.sampled_from(["HTTP/1.0", "HTTP/1.1", "HTTP/2"]),
    headers=headers,
)
phases = st.builds(
    Phases,
    resolved_ns=st.none() | instants,
    connected_ns=st.none() | instants,
    tls_ns=st.none() | instants,
    request_sent_ns=st.none() | instants,
    head_ns=st.none() | instants,
)
transcripts = st.builds(
    Transcript,
    probe=st.text(),
    request=st.builds(
        Request, method=wire_texts, url=wire_texts, headers=headers, body=st.binary() | st.text().map(str.encode)
    ),
    end=st.builds(StreamEnd, ending=st.sampled_from(Ending), at_ns=instants, detail=wire_texts),
    head=st.none() | heads,
    chunks=st.lists(st.builds(Chunk, at_ns=instants, data=st.binary() | st.text().map(str.encode)), max_size=5).map(
        tuple
    ),
    redirects=st.lists(st.builds(Redirect, url=wire_texts, head=heads), max_size=2).map(tuple),
    phases=phases,
    started_at=st.text(),
    masked_secrets=st.integers(0, 100),
)


@given(transcripts)
def test_what_is_written_is_read_back(transcript: Transcript) -> None:
    """Any bytes in chunks, any headers and any ending survive the file exactly."""
    assert read_transcript(write_transcript(transcript)) == transcript


@given(transcripts)
def test_every_line_is_one_line_of_ascii(transcript: Transcript) -> None:
    """No tool that splits or re-encodes text can damage a file: lines are ASCII and hold no line break."""
    lines = list(write_transcript(transcript))
    assert "\n".join(lines).encode("ascii").decode("ascii").splitlines() == lines


@given(transcripts, st.data())
def test_a_file_cut_short_is_readable(transcript: Transcript, data: st.DataObject) -> None:
    """Cut anywhere behind the request, a file gives every chunk that it still holds whole."""
    lines = list(write_transcript(transcript))
    ends = [end - 1 for end in accumulate(len(line) + 1 for line in lines)]
    cut = data.draw(st.integers(ends[1], ends[-1]))
    kept = [line for line, end in zip(lines, ends, strict=True) if end <= cut and '"line":"chunk"' in line[:15]]
    assert read_transcript("\n".join(lines)[:cut].splitlines()).chunks == transcript.chunks[: len(kept)]


def test_the_format_is_what_it_was() -> None:
    """The lines of a transcript are these, to the letter: files outlive programs."""
    assert list(write_transcript(TINY)) == TINY_LINES


def test_the_format_is_read_as_it_was() -> None:
    """The lines that an earlier program wrote still give the same transcript."""
    assert read_transcript(TINY_LINES) == TINY


def test_line_breaks_and_blank_lines_are_no_matter() -> None:
    """Lines may come with their line breaks, and with blank lines between them."""
    assert read_transcript(line + "\r\n" for row in TINY_LINES for line in (row, "", "  ")) == TINY


def test_a_killed_writer_leaves_an_abandoned_exchange() -> None:
    """Without its last line a file reads as abandoned at its last chunk."""
    assert read_transcript(TINY_LINES[:-1]).end == StreamEnd(
        ending=Ending.ABANDONED, at_ns=6_000, detail="the file ends before the stream did"
    )


def test_a_file_without_chunks_ends_when_its_head_came() -> None:
    """An exchange cut off before its first chunk does not end before its head."""
    assert read_transcript(TINY_LINES[:5]).end.at_ns == 4_000


def test_a_file_with_its_request_alone_is_readable() -> None:
    """The least that can be read is what was asked; it ends at the start."""
    transcript = read_transcript(TINY_LINES[:2])
    assert (transcript.request, transcript.head, transcript.end.at_ns) == (TINY.request, None, 0)


@pytest.mark.parametrize("lines", [[], [""], TINY_LINES[:1]])
def test_a_file_that_holds_too_little_is_refused(lines: list[str]) -> None:
    """Without a request there is no transcript."""
    with pytest.raises(TranscriptError, match="holds no transcript"):
        read_transcript(lines)


@pytest.mark.parametrize("number", range(1, len(TINY_LINES)))
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda line: line[:-1], id="a-byte-is-missing"),
        pytest.param(lambda line: line[: len(line) // 2], id="half-is-missing"),
        pytest.param(lambda line: line + line, id="twice-on-one-line"),
        pytest.param(lambda _: "data: {}", id="another-format"),
        pytest.param(lambda _: "[]", id="a-list"),
        pytest.param(lambda _: "7", id="a-number"),
        pytest.param(lambda _: "null", id="null"),
        pytest.param(lambda _: '"line"', id="a-string"),
        pytest.param(lambda _: "{}", id="an-empty-object"),
        pytest.param(lambda _: '{"line":"surprise"}', id="an-unknown-line"),
        pytest.param(lambda _: '{"line":"__class__"}', id="an-unknown-line-with-a-name-of-python"),
        pytest.param(lambda _: '{"line":["chunk"]}', id="a-name-that-is-no-text"),
        pytest.param(lambda _: "[" * 200_000, id="deep-nesting"),
        pytest.param(lambda _: '{"line":' + "9" * 5_000 + "}", id="a-number-longer-than-python-reads"),
    ],
)
def test_a_damaged_line_is_named(number: int, damage: Callable[[str], str]) -> None:
    """A line that other lines follow must be right, or the error gives its number."""
    lines = [*TINY_LINES]
    lines[number - 1] = damage(lines[number - 1])
    with pytest.raises(TranscriptError, match=f"^line {number} of the transcript is not valid: "):
        read_transcript(lines)


def changed(line: str, name: str, value: object) -> str:
    return json.dumps({**json.loads(line), name: value})


FIELDS = [
    (number, name)
    for number, line in enumerate(TINY_LINES, start=1)
    for name in json.loads(line)
    if (number, name) != (4, "tls_ns")
]


@pytest.mark.parametrize(("number", "name"), FIELDS)
@pytest.mark.parametrize("value", [True, 1.5, {"a": 1}, ["x"]], ids=["bool", "float", "object", "list"])
def test_a_value_of_another_type_is_damage(number: int, name: str, value: object) -> None:
    """No value is taken for what it is not, so that nothing fails later, far from the file."""
    lines = [*TINY_LINES]
    lines[number - 1] = changed(lines[number - 1], name, value)
    with pytest.raises(TranscriptError, match=f"^line {number} of the transcript is not valid: "):
        read_transcript(lines)


@pytest.mark.parametrize(("number", "name"), [field for field in FIELDS if field[0] != 4])
def test_a_missing_value_is_damage(number: int, name: str) -> None:
    """Every field but an instant that did not happen must be there."""
    lines = [*TINY_LINES]
    record: dict[str, Any] = json.loads(lines[number - 1])
    del record[name]
    lines[number - 1] = json.dumps(record)
    with pytest.raises(TranscriptError, match=f"^line {number} of the transcript is not valid: "):
        read_transcript(lines)


@pytest.mark.parametrize(
    ("number", "name", "value"),
    [
        (2, "headers", [["a"]]),
        (2, "headers", [["a", "b", "c"]]),
        (2, "headers", [["a", 1]]),
        (2, "headers", ["ab"]),
        (2, "text", "\ud800"),
        (4, "head_ns", "4000"),
        (4, "warmed_up_ns", 1),
        (7, "base64", "//4"),
        (7, "base64", "*"),
        (8, "ending", "exploded"),
    ],
)
def test_a_value_out_of_range_is_damage(number: int, name: str, value: object) -> None:
    """Values of the right type that mean nothing are refused too."""
    lines = [*TINY_LINES]
    lines[number - 1] = changed(lines[number - 1], name, value)
    with pytest.raises(TranscriptError, match=f"^line {number} of the transcript is not valid: "):
        read_transcript(lines)


@pytest.mark.parametrize("number", [1, 2, 4, 5])
def test_two_transcripts_in_one_file_are_refused(number: int) -> None:
    """A line that belongs into a file once does not silently replace the first one."""
    lines = [*TINY_LINES[:-1], TINY_LINES[number - 1]]
    with pytest.raises(TranscriptError, match=f"^line {len(lines)} .* out of place"):
        read_transcript(lines)


def test_nothing_follows_the_end() -> None:
    """A chunk behind the last line was not part of the exchange."""
    with pytest.raises(TranscriptError, match=r"^line 9 .* out of place"):
        read_transcript([*TINY_LINES, TINY_LINES[5]])


def test_the_first_line_comes_first() -> None:
    """A file that does not begin by naming its format is refused."""
    with pytest.raises(TranscriptError, match=r"^line 1 .* must be a 'transcript' line, not 'request'"):
        read_transcript(TINY_LINES[1:])


def test_another_format_is_refused() -> None:
    """The error quotes the format that was read and the one that was expected."""
    with pytest.raises(TranscriptError, match=r"format is 'har', expected 'fal-stream-transcript'"):
        read_transcript([changed(TINY_LINES[0], "format", "har"), *TINY_LINES[1:]])


def test_a_newer_version_is_refused() -> None:
    """The error says which version this program reads."""
    with pytest.raises(TranscriptError, match=r"^line 1 .* version is 2, this program reads 1"):
        read_transcript([changed(TINY_LINES[0], "version", 2), *TINY_LINES[1:]])
