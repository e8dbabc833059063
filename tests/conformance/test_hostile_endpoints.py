"""Whatever an endpoint sends, and whatever a person types: a verdict in bounded time and memory, or one clear line.

The bound on memory is far above what a run needs and far below what an unbounded one took.
"""

import gzip
import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from conformance.cli import main
from conformance.core import (
    Chunk,
    Ending,
    StreamBounds,
    StreamMeter,
    StreamTooLargeError,
    TranscriptError,
    read_transcript,
    redact,
    write_transcript,
)
from conformance.examination import examine, plan_probes
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Outcome
from conformance.probing.endpoint import Endpoint
from conformance.profiles.profile_file import load_profile
from conformance.recorders import Recorder, RecordingLimits
from conformance.reports.wording import headline
from conformance.samples import (
    SSE_HEADERS,
    answer,
    event,
    final,
    good_events,
    picture,
    picture_url,
    preview,
    stream,
)
from conformance.stream.content_coding import decode_content
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.location import event_at
from conformance.stream.payload import Json, parse_payload, walk
from conformance.stream.picture import find_pictures
from conformance.stream.pixels import DecodingBudget
from tests.conformance.conftest import SSE_HEAD, ServeScripts, Stall, Step, chunked, event_stream

NAMES = frozenset({"image", "images"})
CLOSE_DELIMITED = SSE_HEAD + b"\r\n"
# Of address space, of which a run that reads nothing takes a third of a gigabyte.
MOST_BYTES = 2_000_000_000
# Each takes a few seconds; a shared machine may be ten times slower, an unbounded run never ends.
MOST_SECONDS = 60
REVERSING, ESCAPE = "\u202e", "\x1b"


@dataclass(frozen=True)
class Ran:
    """One run of the command line in a process of its own."""

    code: int
    out: str
    err: str


def run_apart(*args: str, **environment: str) -> Ran:
    """Run the command line in so much memory; a mistake runs out of it and does not take the machine with it."""

    def limit_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))

    process = subprocess.Popen(
        [sys.executable, "-m", "conformance", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        preexec_fn=limit_memory,
    )
    try:
        out, err = process.communicate(timeout=MOST_SECONDS)
    finally:
        process.kill()
    return Ran(process.returncode, out.decode(), err.decode())


def said(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    """Run the command line in this process: exit code, output, errors."""
    with pytest.raises(SystemExit) as caught:
        main(args)
    captured = capsys.readouterr()
    return int(str(caught.value.code)), captured.out, captured.err


def closing(body: bytes) -> list[Step]:
    return [CLOSE_DELIMITED, body]


def compressed(coding: bytes, body: bytes) -> list[Step]:
    return [SSE_HEAD + b"Content-Encoding: " + coding + b"\r\n\r\n", body]


def data(text: str) -> bytes:
    return f"data: {text}\n\n".encode()


def shown_as(url: str, **members: Json) -> dict[str, Json]:
    return {"image": {"url": url, "content_type": "image/gif"}, **members}


def tiny_picture(number: int) -> str:
    return picture_url(TINY_GIF + b"%d" % number, "image/gif")


def encoded(image: Image.Image, image_format: str, **options: bool) -> bytes:
    file = io.BytesIO()
    image.save(file, image_format, **options)
    return file.getvalue()


REFUSED: list[Step] = [
    b"HTTP/1.1 422 U\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n",
    b'{"detail": "x"}',
]
TINY_GIF = encoded(Image.new("P", (1, 1)), "GIF")


def bomb(megabytes: int, piece: bytes) -> bytes:
    return gzip.compress(piece * (megabytes * 1024 * 1024 // len(piece)), compresslevel=1)


# Each stood for minutes, for gigabytes or for ever before it was bounded.
FLOODS: dict[str, Callable[[], list[Step]]] = {
    "comments": lambda: closing(b": ping\n\n" * 300_000),
    "blank lines": lambda: closing(b"\r" * 300_000),
    "one event": lambda: [CLOSE_DELIMITED, b'data: {"x": "', *[b"a" * 1_000_000] * 100],
    "wide characters": lambda: closing(data('{"x": "\U0001f600' + "a" * 10_000_000 + '"}') * 3),
    "digits": lambda: closing(data('{"x": [' + ",".join(["9" * 3999] * 2_000) + "]}")),
    "long names above many values": lambda: closing(data('{"' + "k" * 1_000_000 + '": [0' + ",0" * 200_000 + "]}")),
    "names twice": lambda: closing(data("{" + ",".join(f'"k{i}":1,"k{i}":2' for i in range(20_000)) + "}")),
    "lists": lambda: closing(data("[" + ",".join(["[]"] * 5_000_000) + "]")),
    "nesting": lambda: closing(data("[" * 100_000)),
    "pictures in one event": lambda: closing(
        event({"images": [shown_as(tiny_picture(i))["image"] for i in range(20_000)]})
    ),
    "pictures in many events": lambda: closing(b"".join(event(shown_as(tiny_picture(i))) for i in range(15_000))),
    "errors with pictures": lambda: closing(
        b"".join(event(shown_as(f"https://x/{i}", error=1)) for i in range(15_000)) + event(shown_as("https://x"))
    ),
    "finals": lambda: closing(b"".join(event(shown_as(f"https://x/{i}", final=True)) for i in range(15_000))),
    "raw characters": lambda: closing(data('{"x": "é"}') * 20_000),
    "almost paths": lambda: closing(event({"image": ".png?" * 200_000 + " "})),
    "gzip of lines": lambda: compressed(b"gzip", bomb(200, b":\n")),
    "gzip of gzip of zeros": lambda: compressed(b"gzip, gzip", gzip.compress(bomb(400, b"\0"))),
}

# Many, but nothing is wrong with them that is a MUST.
HARMLESS = {"pictures in one event", "pictures in many events", "errors with pictures", "finals", "raw characters"}


@pytest.mark.slow
@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_is_judged_in_bounded_time_and_memory(serve: ServeScripts, flood: str) -> None:
    """There is a verdict within a minute and 2 GB, no traceback, and no rule that fails by itself."""
    ran = run_apart("check", serve(FLOODS[flood](), REFUSED).url, "--key-from", "K", K="0123456789+/=abcdef")
    assert (ran.code in ((0, 1) if flood in HARMLESS else (1, 3)), ran.err) == (True, "")
    assert "the rule itself failed" not in ran.out


@pytest.mark.parametrize(
    ("pieces", "bounds", "said"),
    [
        ([b"x" * 11], {"body_bytes": 10}, "the body is larger than 10 bytes"),
        ([b"x" * 5, b"x" * 6], {"body_bytes": 10}, "the body is larger than 10 bytes"),
        ([b"data: 1234", b"567890\n\n"], {"event_bytes": 10}, "an event is larger than 10 bytes"),
        ([b"data\n\n" * 4], {"events": 3}, "there are more than 3 events"),
        ([b":\n", b"\r", b"\n\n"], {"lines": 3}, "the body has more than 3 lines"),
        ([b"x"] * 4, {"pieces": 3}, "the body came in more than 3 pieces"),
        ([b"data: [[1,2],{}]"], {"json_marks": 3}, "the body may hold more than 3 JSON values"),
    ],
)
def test_the_bound_that_is_exceeded_is_named(pieces: list[bytes], bounds: dict[str, int], said: str) -> None:
    """One more than the bound is refused, and the text says of what."""
    meter = StreamMeter(StreamBounds(**bounds))
    for piece in pieces[:-1]:
        meter.read(piece)
    with pytest.raises(StreamTooLargeError) as caught:
        meter.read(pieces[-1])
    assert str(caught.value) == said


def test_what_is_within_the_bounds_is_read() -> None:
    """As much as the bounds say is let through, with its events."""
    body = b"data: [1,2]\n\ndata: x\n\n"
    bounds = StreamBounds(body_bytes=len(body), event_bytes=11, events=2, lines=4, pieces=1, json_marks=2)
    assert [item.data for item in StreamMeter(bounds).read(body)] == ["[1,2]", "x"]


def test_a_decoded_body_is_bounded_as_one_on_the_wire_is() -> None:
    """Lines that a content coding hid are counted once it is removed."""
    body = gzip.compress(b":\n" * (StreamBounds().lines + 1))
    decoded = decode_content((Chunk(at_ns=0, data=body),), ("gzip",))
    assert decoded == type(decoded)(chunks=(), error="once decoded, the body has more than 250000 lines")


def test_content_codings_without_end_are_not_undone() -> None:
    """A header can name any number of them, each a pass over the body."""
    decoded = decode_content((Chunk(at_ns=0, data=b"x"),), ("gzip",) * 1000)
    assert decoded.error == "there are 1000 content codings, one upon the other"


def test_a_refusal_is_not_read_for_ever(serve: ServeScripts) -> None:
    """An answer that is left at its first event is left without one too."""
    server = serve([CLOSE_DELIMITED, *[b"x" * 1000] * 50])
    recorder = Recorder(limits=RecordingLimits(bytes_before_event=10_000))
    request = (
        plan_probes(Endpoint(url=server.url, payload={"a": 1}))
        .asks[0]
        .probe.build(Endpoint(url=server.url, payload={"a": 1}))
    )
    end = recorder.record("wrong_method", request, stop_after_events=1).end
    assert end.ending is Ending.ABANDONED
    assert end.detail.endswith("bytes without an event")


def test_a_generation_that_was_given_up_is_not_repeated(serve: ServeScripts) -> None:
    """After one that reached a limit no other is asked for; the cheap probes still are."""
    server = serve(event_stream(*[event(preview())] * 20))
    endpoint = Endpoint(url=server.url, payload={"prompt": "x"})
    done = examine(endpoint, plan_probes(endpoint, repeat=3), Recorder(limits=RecordingLimits(events=5)))
    assert [item.probe for item in done.transcripts].count("generation") == 1
    assert len(done.transcripts) > 1


def test_paths_take_no_more_room_than_the_document() -> None:
    """The beginning of a very long path is left out; its last name is kept."""
    document: Json = {"image": 1}
    for _ in range(50):
        document = {"k" * 1000: document}
    path, value = [*walk(document)][-1]
    assert (path[:3], path[-6:], len(path) < 600, value) == ("...", ".image", True, 1)


def test_a_document_is_walked_in_order() -> None:
    """Parents come before children, and these in document order, however it nests."""
    document: Json = {"a": [1, {"b": [2]}, []], "c": {}, "d": 3}
    paths = [path for path, _ in walk(document)]
    assert paths == ["", "a", "a[0]", "a[1]", "a[1].b", "a[1].b[0]", "a[2]", "c", "d"]


def test_messages_are_short() -> None:
    """A name of a megabyte does not become a message of a megabyte."""
    evidence = Evidence(stream(*good_events()))
    assert len(evidence.finding("a" * 5_000_000).message) < 1100


def test_faults_beyond_a_hundred_are_not_looked_for() -> None:
    """The last finding shown says that there were more; the rest is never built."""
    built: list[int] = []

    def faults() -> list[Finding]:
        return [Finding(message="", probe="")]

    def endless() -> object:
        while True:
            built.append(1)
            yield from faults()

    shown = [*first_few(endless())]  # type: ignore[arg-type]
    assert (len(shown), shown[-1].message, len(built)) == (3, " (and more than 97 more)", 101)


def test_an_offset_finds_its_event() -> None:
    """Every byte of an event's block is that event's; comment blocks and what follows the end are nobody's."""
    evidence = Evidence(stream(b": a\n\n", b"data: 1\n\n", b"\n", b"data: 2\n\n"))
    found = [event_at(evidence, offset) for offset in range(-1, len(evidence.body) + 1)]
    assert [item.index if item else None for item in found] == [None] * 6 + [0] * 9 + [None] + [1] * 9 + [None]


def test_pictures_beyond_the_budget_are_not_decoded() -> None:
    """They count as pictures whose pixels are not at hand, which is no fault."""
    budget = DecodingBudget(pictures=2)
    payload: Json = {"images": [picture(), picture(), picture()]}
    found = find_pictures(payload, NAMES, budget)
    assert [item.decoded is not None for item in found] == [True, True, False]
    assert [item.decode_fault for item in found] == [None, None, None]


def test_pixels_beyond_the_budget_are_not_decoded() -> None:
    """A second picture that would take more pixels than are left is left alone."""
    found = find_pictures({"images": [picture(), picture()]}, NAMES, DecodingBudget(pixels=32 * 32 + 1))
    assert [item.decoded is not None for item in found] == [True, False]


def test_a_jpeg_of_many_scans_spends_more_of_the_budget() -> None:
    """Each scan passes over every pixel, so a thousand of them are not as cheap as one."""
    whole = encoded(Image.new("L", (64, 64), 128), "JPEG", progressive=True)
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    found = find_pictures(
        {"image": picture(whole[:-2] + scan * 1000 + whole[-2:])}, NAMES, DecodingBudget(pixels=64 * 64 * 10)
    )
    assert [item.decoded for item in found] == [None]


def test_postscript_is_never_run() -> None:
    """EPS would be handed to Ghostscript by Pillow; browsers do not show it, and nothing here opens it."""
    script = encoded(Image.new("RGB", (4, 4)), "EPS")
    url = picture_url(script, "image/png")
    (found,) = find_pictures({"image": picture(url=url, content_type="image/png")}, NAMES)
    assert found.decoded is not None
    assert found.decoded.media_type == ""
    assert found.decode_fault is not None


@pytest.mark.parametrize("text", ["a.png", "/files/x.png", "../x", "x.webp?v=1", "https://x"])
def test_a_bare_address_still_counts_as_a_picture(text: str) -> None:
    """What looks like a path or an address under a picture's name means to be one."""
    assert len(find_pictures({"image": text}, NAMES)) == 1


NASTY = f"{ESCAPE}[2J{ESCAPE}[31m[red]HELD[/red]{REVERSING}\x07"
WRITTEN = NASTY.encode()
DISGUISES: dict[str, list[Step]] = {
    "status reason": [b"HTTP/1.1 299 " + WRITTEN + b"\r\n\r\n"],
    "content type": [b"HTTP/1.1 200 OK\r\nContent-Type: " + WRITTEN + b"\r\n\r\n" + event(final())],
    "content coding": compressed(WRITTEN, event(final())),
    "location": [b"HTTP/1.1 307 R\r\nLocation: http://127.0.0.1:1/" + WRITTEN + b"\r\n\r\n"],
    "fields": closing(b"id: %b\nretry: %b\nevent: %b\n%b: %b\n: %b\ndata: %b\n\n" % ((WRITTEN,) * 7)),
    "payload": closing(
        event({"image": {"url": NASTY, "content_type": NASTY}, NASTY: 1, "step": NASTY})
        + event({"error": NASTY, NASTY: NASTY})
    ),
    "names twice": closing(data(f'{{{json.dumps(NASTY)}: 1, {json.dumps(NASTY)}: 2, "\\ud800": 1}}')),
    "no http": [WRITTEN * 9 + b"\r\n\r\n"],
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_nothing_an_endpoint_says_commands_the_terminal(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path, disguise: str
) -> None:
    """Control characters, marks that turn text around and markup are shown, never obeyed, in every report."""
    args = [f"--report={name}={tmp_path / name}" for name in ("console", "junit", "json")]
    code, out, err = said(capsys, "check", serve(DISGUISES[disguise]).url, "--verbose", *args)
    written = out + err + "".join((tmp_path / name).read_text("utf-8") for name in ("console", "junit", "json"))
    assert code in (1, 3)
    assert not set(written) & {ESCAPE, REVERSING, "\x07"}


WRONG_HTTP: dict[str, tuple[list[Step], Ending]] = {
    "early hints": ([b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n", *event_stream(event(final()))], Ending.COMPLETE),
    "a giant header": ([b"HTTP/1.1 200 OK\r\nX: ", b"a" * 500_000], Ending.PROTOCOL_ERROR),
    "endless fields": ([b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 100_000], Ending.PROTOCOL_ERROR),
    "a negative length": ([SSE_HEAD + b"Content-Length: -5\r\n\r\n", b"x"], Ending.PROTOCOL_ERROR),
    "a giant chunk": ([SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"FFFFFFFFFFFFFFF\r\nx"], Ending.TRUNCATED),
    "a handshake": ([b"\x16\x03\x01\x02\x00\x01" * 20 + b"\r\n\r\n"], Ending.PROTOCOL_ERROR),
}


@pytest.mark.parametrize("fault", WRONG_HTTP)
def test_odd_http_has_an_ending(serve: ServeScripts, fault: str) -> None:
    """What is no HTTP, or HTTP that few servers speak, ends in data and not in an exception."""
    script, ending = WRONG_HTTP[fault]
    endpoint = Endpoint(url=serve(script).url, payload={"a": 1})
    probe = plan_probes(endpoint).asks[0].probe
    assert Recorder().record(probe.name, probe.build(endpoint)).end.ending is ending


@pytest.mark.parametrize(
    "location",
    [b"ftp://x/", b"file:///etc/passwd", b"http://127.0.0.1:99999/", b"http://[::1/", b"/a\x01b", b"http:x y"],
)
def test_odd_redirects_are_judged_and_never_raise(serve: ServeScripts, location: bytes) -> None:
    """Where a redirect leads nowhere, the answer is the redirect, or an exchange that failed."""
    server = serve([b"HTTP/1.1 307 R\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"])
    endpoint = Endpoint(url=server.url, payload={"a": 1})
    probe = plan_probes(endpoint).asks[0].probe
    assert Recorder().record(probe.name, probe.build(endpoint)).end.ending in (Ending.COMPLETE, Ending.PROTOCOL_ERROR)


def test_a_scheme_in_capitals_still_means_tls(serve: ServeScripts) -> None:
    """HTTPS is https: the endpoint that does not speak it is a TLS failure."""
    url = serve([b"no handshake\r\n\r\n"]).url.replace("http:", "HTTPS:")
    endpoint = Endpoint(url=url, payload={"a": 1})
    probe = plan_probes(endpoint).asks[0].probe
    recorder = Recorder(limits=RecordingLimits(connect_seconds=2))
    assert recorder.record(probe.name, probe.build(endpoint)).end.ending is Ending.TLS_FAILED


@pytest.mark.parametrize(
    ("args", "said_of_it"),
    [
        (["--max-seconds", "nan"], "'nan' is not a number of seconds"),
        (["--max-silence", "nan"], "'nan' is not a number of seconds"),
        (["--max-seconds", "inf"], "is not in the range"),
        (["--header", "Content-Length: 5"], "'Content-Length' cannot be given"),
        (["--header", "transfer-encoding: chunked"], "'transfer-encoding' cannot be given"),
        (["--header", "X: \udcff"], "not of the form 'Name: value'"),
        (["--header", "X: a\nb"], "not of the form 'Name: value'"),
        (["--payload", "@"], "cannot be read"),
        (["--payload", "[" * 100_000], "nested too deeply"),
        (["--ca", "EMPTY"], "holds no certificate"),
        (["--report", "json=FOLDER"], "it is a folder"),
        (["--report", "junit=EMPTY/report.xml"], "cannot be made"),
        (["--save", "EMPTY"], "cannot be made"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_sent(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path, args: list[str], said_of_it: str
) -> None:
    """One line and exit code 2, no generation spent, and the endpoint is not blamed."""
    (tmp_path / "empty").touch()
    known = {"EMPTY": str(tmp_path / "empty"), "FOLDER": str(tmp_path)}
    given = [re.sub("EMPTY|FOLDER", lambda match: known[str(match.group())], arg) for arg in args]
    server = serve(event_stream(*good_events()))
    code, out, err = said(capsys, "check", server.url, *given)
    assert (code, out, server.requests) == (2, "", [])
    assert said_of_it in err


def test_record_does_not_spend_a_generation_on_a_path_that_is_a_folder(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A transcript that could not be written is not recorded."""
    server = serve(event_stream(*good_events()))
    code, _, _ = said(capsys, "record", server.url, "-o", str(tmp_path))
    assert (code, server.requests) == (2, [])


@pytest.mark.parametrize(
    ("number", "fault"),
    [("9" * 400, "is not between 0 and"), ("-1", "is not between 0 and"), ("9" * 5000, "line 5"), ("1.5", "of type")],
)
def test_a_transcript_with_an_impossible_instant_is_refused(number: str, fault: str) -> None:
    """A number that no clock shows is damage, said with its line, and never an overflow later on."""
    lines = [re.sub(r'"at_ns":\d+', f'"at_ns":{number}', line) for line in write_transcript(stream(*good_events()))]
    with pytest.raises(TranscriptError, match=fault):
        read_transcript(lines)


def test_refusals_alone_are_not_green() -> None:
    """Without a generation most rules have nothing to judge, and a gate that lost it must not pass."""
    refused = answer("wrong_method", 405, {"detail": "no"}, headers=(("allow", "POST"),))
    assert evaluate([refused], load_profile("fal-image")).outcome is Outcome.NOTHING_JUDGED


def test_refusals_alone_are_judged_where_only_they_are_asked_for() -> None:
    """Rules about refusals need no generation."""
    refused = answer("wrong_method", 405, {"detail": "no"}, headers=(("allow", "POST"),))
    report = evaluate([refused], load_profile("fal-image"), selected=frozenset({"E06"}))
    assert report.outcome is Outcome.HELD


@pytest.mark.parametrize("coding", ["gzip", "unheard-of"])
def test_a_body_that_cannot_be_decoded_is_not_green(coding: str) -> None:
    """Where nothing of the stream could be read, that no rule fired says nothing."""
    headers = (*SSE_HEADERS, ("content-encoding", coding))
    report = evaluate([stream(*good_events(), headers=headers)], load_profile("fal-image"))
    assert report.outcome is Outcome.NOTHING_JUDGED
    assert headline(report).startswith("NOTHING JUDGED: the body could not be read: ")


def shell(command: str, url: str) -> str:
    """Run a line of bash in which CHECK stands for a check of the endpoint; what it wrote to standard error."""
    line = command.replace("CHECK", f"{sys.executable} -m conformance check {url}")
    process = subprocess.Popen(["/bin/bash", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return process.communicate(timeout=MOST_SECONDS)[1].decode()


@pytest.mark.slow
@pytest.mark.parametrize("redirection", ["| head -n 1", "> /dev/full", ">&-", "> /dev/null"])
def test_an_output_that_nobody_takes_raises_nothing(serve: ServeScripts, tmp_path: Path, redirection: str) -> None:
    """A reader that leaves, a full disk, a closed output: no traceback, and the reports are written all the same."""
    report = tmp_path / "report.json"
    err = shell(f"CHECK --report json={report} {redirection}", serve(event_stream(*good_events())).url)
    assert "Traceback" not in err
    assert json.loads(report.read_text())["profile"] == "fal-image"


@pytest.mark.slow
def test_a_terminal_without_columns_is_still_written_to(serve: ServeScripts) -> None:
    """Some runners say that it has none."""
    ran = run_apart("check", serve(event_stream(*good_events())).url, COLUMNS="0")
    assert "HELD" in ran.out or "FELL SHORT" in ran.out


@pytest.mark.slow
def test_ctrl_c_among_the_cheap_probes_is_not_green(serve: ServeScripts) -> None:
    """What was judged is shown, and the exit code says that it was not everything."""
    server = serve(event_stream(*good_events()), [Stall])
    command = [sys.executable, "-m", "conformance", "check", server.url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + MOST_SECONDS
    while len(server.requests) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=MOST_SECONDS)
    assert (process.returncode, err.decode()) == (3, "Error: interrupted before everything was asked\n")


def test_a_payload_of_any_depth_is_an_answer() -> None:
    """Neither parser nor walk runs out of stack."""
    payload = parse_payload("[" * 900 + "]" * 900)
    assert len([*walk(payload.value)]) in (900, 1)


def test_chunks_without_end_stop_at_their_limit(serve: ServeScripts) -> None:
    """A chunk of one byte costs as much as one of many."""
    endpoint = Endpoint(url=serve(event_stream(*[b"x"] * 50)).url, payload={"a": 1})
    probe = plan_probes(endpoint).asks[0].probe
    end = Recorder(limits=RecordingLimits(pieces=10)).record(probe.name, probe.build(endpoint)).end
    assert (end.ending, end.detail) == (Ending.LIMIT_REACHED, "the body came in more than 10 pieces")


def test_proxies_named_in_the_environment_are_not_used(serve: ServeScripts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint is asked directly: what a proxy holds back would be taken for the endpoint's fault."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    endpoint = Endpoint(
        url=serve([SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(event(final()))]).url, payload={}
    )
    probe = plan_probes(endpoint).asks[0].probe
    assert Recorder().record(probe.name, probe.build(endpoint)).end.ending is Ending.COMPLETE


def test_a_key_in_the_address_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither by a dry run nor by the line that says that it is no address."""
    for url in ("http://user:0123456789@127.0.0.1:1/x?api_key=abcdefgh", "ftp://user:0123456789@h/x?api_key=abcdefgh"):
        _, out, err = said(capsys, "check", url, "--dry-run")
        assert "0123456789" not in out + err
        assert "abcdefgh" not in out + err


def test_a_key_is_in_no_repr() -> None:
    """What a debugger or `pytest --showlocals` prints of a request and its endpoint holds no key."""
    endpoint = Endpoint(url="http://h/x", payload={"a": 1}, headers=(("Authorization", "Key 0123456789"),))
    request = plan_probes(endpoint).asks[0].probe.build(endpoint)
    assert ("Authorization", "Key 0123456789") in request.headers
    assert "0123456789" not in repr(request) + repr(endpoint)


@pytest.mark.parametrize("after", ["\x01", "\b", '"', "é", "\U0001f600"])
@pytest.mark.parametrize("level", range(4))
def test_a_key_is_masked_where_backslashes_run_into_an_escape(after: str, level: int) -> None:
    """JSON within JSON doubles a key's own backslashes up to those of the escape that follows them."""
    key = written = f"Zq9Zq9\\\\{after}9qZ9qZ"
    for _ in range(level):
        written = json.dumps(written)[1:-1]
    sent = stream(f"data: {written}\n\n".encode())
    assert b"9qZ9qZ" not in redact(sent, [key]).body
