"""Whatever an endpoint sends: a verdict in bounded time and memory, or one clear line.

The bound on memory is far above what a run needs and far below what an unbounded one took.
"""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from conformance.core import (
    Ending,
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
    picture_url,
    preview,
    stream,
)
from conformance.stream.payload import Json, parse_payload, walk
from tests.conformance.command_line import run_apart, run_here
from tests.conformance.conftest import SSE_HEAD, ServeScripts, Step, event_stream
from tests.conformance.encoded_picture import encoded

CLOSE_DELIMITED = SSE_HEAD + b"\r\n"
REVERSING, ESCAPE = "\u202e", "\x1b"


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
    code, out, err = run_here(capsys, "check", serve(DISGUISES[disguise]).url, "--verbose", *args)
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
