"""No secret reaches a terminal, a transcript or a report, wherever it was sent and however it came back."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from conformance.reports import FORMATS
from conformance.samples import event, final, preview
from tests.conformance.command_line import run_here
from tests.conformance.conftest import SSE_HEAD, ServeScripts, Step, chunked

SECRETS = {
    "key": "keyid:kA9/x+Zq3==Wm7vT1",
    "further header": "hB8-Ls5_Rk2dQ0nYpJ6",
    "cookie": "cC7tUe4GzHw1oFbXa9I",
    "query": "qD6+Vf3/Mx8jNiS2lE5",
    "payload": "pE5rWg2CyPvK7uZdO3h",
    "signed URL": "sF4kXh1BtAqJ6mLcR8e",
    "password of a URL": "uG3jYi0AsZpI5nKbQ7d",
}
PLAIN = "a red disc on a blue ground"
REFUSED_HEAD = b"HTTP/1.1 422 U\r\nContent-Type: application/json\r\n"


def encodings(secret: str) -> Iterator[str]:
    """The spellings under which somebody who looks for the secret would find it."""
    yield from (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], secret.replace("/", "\\/"))
    data = secret.encode()
    for shift in range(3):  # where it may stand within a group of three bytes
        letters = base64.b64encode(bytes(shift) + data).decode()
        yield letters[-(-shift * 8 // 6) : (shift + len(data)) * 8 // 6]


def leaks(text: str) -> list[str]:
    texts = (text, unquote(text))
    return [name for name, secret in SECRETS.items() if any(one in item for one in encodings(secret) for item in texts)]


def everything_said() -> str:
    """All secrets in all spellings, as an endpoint that echoes its request might write them."""
    return " ".join(spelling for secret in SECRETS.values() for spelling in encodings(secret))


def echoing_scripts() -> list[list[Step]]:
    """A redirect, a stream and refusals, all of which tell what they were sent."""
    echo, query = everything_said(), quote(SECRETS["query"], safe="")
    headers = f"Set-Cookie: session={SECRETS['cookie']}\r\nX-Echo: {echo}\r\n".encode()
    moved = f"Location: /moved?token={query}&for={SECRETS['key']}#{SECRETS['payload']}\r\n".encode()
    body = event({**preview(), "echo": echo}) + event({**final(), "echo": echo, "url": f"https://a.example/?k={echo}"})
    # Every secret is torn apart by some chunk edge.
    pieces = [body[at : at + 11] for at in range(0, len(body), 11)]
    refusal = json.dumps({"detail": [{"loc": ["body"], "input": echo}]}).encode()
    return [
        [b"HTTP/1.1 307 M\r\n" + moved + headers + b"Content-Length: 0\r\nConnection: close\r\n\r\n"],
        [SSE_HEAD + headers + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n", *chunked(*pieces)],
        [REFUSED_HEAD + headers + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(refusal) + refusal],
    ]


def arguments(url: str) -> list[str]:
    signed = f"https://user:{SECRETS['password of a URL']}@a.example/in.png?sig={SECRETS['signed URL']}"
    payload = {"prompt": PLAIN, "lora": {"hfToken": SECRETS["payload"]}, "image_urls": [signed]}
    return [
        f"{url}?token={quote(SECRETS['query'], safe='')}",
        *("--payload", json.dumps(payload)),
        *("--key-from", "MY_KEY"),
        *("--header", f"X-Api-Key: {SECRETS['further header']}"),
        *("--header", f"Cookie: session={SECRETS['cookie']}"),
    ]


@pytest.fixture(autouse=True)
def key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", SECRETS["key"])


def check_and_keep(capsys: pytest.CaptureFixture[str], folder: Path, url: str, *further: str) -> dict[str, str]:
    """Everything that a check leaves behind, by name: output, transcripts and a report in each format."""
    targets = [f"--report={name}={folder / 'reports' / name}" for name in FORMATS]
    _, out, err = run_here(
        capsys, "check", *arguments(url), "--verbose", "--save", str(folder / "kept"), *targets, *further
    )
    files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
    return {"standard output": out, "standard error": err, **files}


def test_secrets_that_come_back_in_every_place_reach_nothing(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Headers, query, payload and cookie, echoed in redirects, headers, events and refusals, torn and encoded."""
    server = serve(*echoing_scripts())
    left = check_and_keep(capsys, tmp_path, server.url)
    sent = b"\n".join(server.requests).decode()
    assert leaks(sent) == list(SECRETS)
    assert {name: leaks(text) for name, text in left.items() if leaks(text)} == {}
    assert PLAIN in left["kept/generation.jsonl"]
    assert len(left) >= len(FORMATS) + 5


def test_an_echo_of_the_own_payload_is_no_fault(serve: ServeScripts, capsys: pytest.CaptureFixture[str]) -> None:
    """Events and refusals may repeat the input: frameworks do by default, and what was asked is the asker's own."""
    payload = {"prompt": PLAIN, "hf_token": SECRETS["payload"]}
    refusal = json.dumps({"detail": [{"loc": ["body", "prompt"], "msg": "no", "type": "t", "input": payload}]}).encode()
    body = [event({**preview(), "input": payload}), event({**final(), "input": payload})]
    plain: list[Step] = [REFUSED_HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}"]
    server = serve(
        [SSE_HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n", *chunked(*body)],
        plain,  # a GET, which holds no input
        [REFUSED_HEAD + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(refusal) + refusal],
        plain,
    )
    code, out, _ = run_here(
        capsys, "check", server.url, "--payload", json.dumps(payload), "--select", "J07", "--verbose"
    )
    assert (code, "J07 leaked-internals  MUST passed" in " ".join(out.split("\n"))) == (0, True), out


def test_secrets_in_an_answer_that_is_not_http_reach_nothing(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The text of a protocol error quotes the line that it stumbled over."""
    broken = b"HTTP/1.1 200 OK\r\nthis line has no colon " + everything_said().encode().replace(b":", b"") + b"\r\n\r\n"
    left = check_and_keep(capsys, tmp_path, serve([broken]).url)
    assert {name: leaks(text) for name, text in left.items() if leaks(text)} == {}


def test_secrets_of_an_endpoint_that_is_not_there_reach_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A run that judged nothing still says which endpoint it asked."""
    left = check_and_keep(capsys, tmp_path, "http://127.0.0.1:9/stream")
    assert {name: leaks(text) for name, text in left.items() if leaks(text)} == {}


def test_reports_made_offline_hold_no_secret(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What was saved is judged again and compared with the report that was written then."""
    check_and_keep(capsys, tmp_path, serve(*echoing_scripts()).url)
    kept = sorted(str(path) for path in (tmp_path / "kept").iterdir())
    said = []
    for name in FORMATS:
        _, out, err = run_here(
            capsys, "judge", *kept, "--since", str(tmp_path / "reports/json"), "--report", f"{name}=-"
        )
        said.append(out + err)
    assert [leaks(text) for text in said] == [[]] * len(FORMATS)


@pytest.mark.parametrize(
    "command",
    [
        ["check", "--dry-run"],
        ["check", "--repeat", "0"],
        ["check", "--select", "Z99"],
        ["check", "--report", "json=/"],
        ["check", "--cancel-url", f"http://elsewhere.example/?token={SECRETS['payload']}"],
        ["record", "--output", "/proc/nope/kept.jsonl"],
    ],
    ids=lambda command: command[1].strip("-"),
)
def test_secrets_reach_no_plan_and_no_refusal(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    """What is printed before anything is sent holds none either."""
    name, *options = command
    _, out, err = run_here(capsys, name, *arguments("http://127.0.0.1:9/stream"), *options)
    assert (out + err != "", leaks(out + err)) == (True, [])


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://127.0.0.1:99999/", "http://[::1/"])
def test_an_address_that_is_refused_is_quoted_without_its_secrets(capsys: pytest.CaptureFixture[str], url: str) -> None:
    """The user may have mistyped everything but the key."""
    code, _, err = run_here(capsys, "check", f"{url}?token={SECRETS['further header']}")
    assert (code, leaks(err)) == (2, [])
