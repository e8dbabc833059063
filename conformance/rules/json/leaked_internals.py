"""J07: nothing of the server's inside shows in what it sends."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import answer, event, final, good_events, stream
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json, Payload, parse_payload, walk

_TRACEBACK = re.compile(
    r"Traceback \(most recent call last\)"
    r'|^[ \t]*File "[^"\n]+", line [0-9]+'
    r"|^[ \t]+at [^\n]{0,200}/[^\n():]{1,200}:[0-9]+:[0-9]+\)?[ \t]*$",
    re.MULTILINE,
)
# Shapes that only secrets have. JSON Web Tokens are left out: some endpoints hand them out on purpose.
_TOKEN = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{30,}|sk-(?:proj-|svcacct-|ant-api[0-9]+-)?[A-Za-z0-9]{20,}|gh[pousr]_[A-Za-z0-9]{36,}"
    r"|github_pat_[A-Za-z0-9_]{50,}|r8_[A-Za-z0-9]{37}|AKIA[0-9A-Z]{16}"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{32})\b"
    r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"
)
_FOLDER = r"(?:/tmp|/var/tmp|/root|/home/[^/\s'\"]+|[A-Za-z]:\\Users\\[^\\\s'\"]+)[/\\]"
_PATH = re.compile(rf"{_FOLDER}[^\s/\\][^\n]*")
_PATH_IN_TEXT = re.compile(rf"(?:(?<=[\s'\"(=\[])|^){_FOLDER}[^\s'\"<>(),;]+")
_URL = re.compile(r"(?<![A-Za-z0-9+.-])(?:[A-Za-z][A-Za-z0-9+.-]*://|data:)[^\s\"'<>]*")
_MASK = re.compile(rb"\*{6,}")
# Longer texts without a space are encoded bytes.
_LONGEST_WORD = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leak:
    what: str
    text: str
    is_secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    value: str
    path: str
    event: Event | None


_TRACE = 'Traceback (most recent call last):\n  File "/app/main.py", line 7, in generate\nRuntimeError: no memory\n'


@cache
def _good() -> Transcript:
    return stream(*good_events())


def _with_final(**members: Json) -> tuple[bytes, ...]:
    return (*good_events()[:-1], event(final(**members)))


@rule(
    id="J07",
    name="leaked-internals",
    requirement="No payload and no error message holds a traceback, a secret or a private path of the server.",
    level=Level.MUST,
    basis=Basis.OPERATIONS,
    reference="https://cwe.mitre.org/data/definitions/209.html",
    rationale="Every answer is searched, refusals too. What also stands in the request is an echo and no leak; URLs, "
    "data URIs and long encoded texts are left out, and the url of a picture is left to the rules for pictures. "
    "Paths count as whole values, and within the text of errors.",
    consequence="Anyone who can make a request fail learns how the server is built; a leaked key can be used, and a "
    "path such as /tmp/result.png is a result that no user can open.",
    fix="Catch exceptions in the generator, log them, and send a short message of your own; upload files and send "
    "their URLs.",
    passes=lambda: (
        sample(
            "good payloads and a plain refusal", _good(), answer("invalid_input", 422, {"detail": [{"msg": "no str"}]})
        ),
        sample(
            "a prompt about tracebacks, echoed",
            stream(*_with_final(prompt=f"draw {_TRACE}"), payload={"prompt": f"draw {_TRACE}"}),
        ),
        sample(
            "a refusal that quotes the input",
            stream(*good_events(), payload={"prompt": "a disc", "style": "/home/me/style.txt"}),
            replace(
                answer("invalid_input", 422, {"detail": [{"msg": "not a list", "input": "/home/me/style.txt"}]}),
                request=stream(payload={"prompt": [], "style": "/home/me/style.txt"}).request,
            ),
        ),
        sample("paths within URLs", stream(*_with_final(log_url="https://cdn.example/tmp/home/me/log.txt"))),
        sample("words that look like paths", stream(*_with_final(prompt="to /home or not", scheduler="/euler/root"))),
        sample("long encoded bytes", stream(*_with_final(latents="/root/" + "sk-" * 2000))),
        sample(
            "a credential that is also an ordinary word of the prompt",
            stream(*_with_final(prompt="a ****** disc"), payload={"prompt": "a ****** disc"}, masked_secrets=1),
        ),
    ),
    fails=lambda: (
        sample("a traceback in a payload", stream(*_with_final(log=_TRACE))),
        sample("a traceback in an error message", _good(), answer("invalid_input", 422, {"detail": _TRACE})),
        sample(
            "a traceback on an HTML page",
            _good(),
            answer("malformed_json", 400, f"<pre>{_TRACE}</pre>".encode(), content_type="text/html"),
        ),
        sample(
            "the stack of a JavaScript server",
            _good(),
            answer("invalid_input", 422, {"detail": "TypeError: x\n    at run (/srv/app/main.js:10:5)"}),
        ),
        sample("the path of a temporary file as a result", stream(*_with_final(lora="/tmp/tmp8xk2/lora.safetensors"))),  # noqa: S108
        sample("a path in a home folder", stream(*_with_final(checkpoint="/home/ubuntu/models/sdxl"))),
        sample("a path on Windows", stream(*_with_final(checkpoint="C:\\Users\\ann\\models\\sdxl"))),
        sample(
            "a path in an error message",
            _good(),
            answer("invalid_input", 422, {"detail": "[Errno 2] No such file: '/root/.cache/model.bin'"}),
        ),
        sample("a token in a payload", stream(*_with_final(config={"hub_token": f"hf_{'a1B2' * 9}"}))),
        sample("a private key", stream(*_with_final(config="-----BEGIN RSA PRIVATE KEY-----\nMII"))),
        sample("the caller's own key, echoed", stream(*_with_final(headers={"key": "*" * 20}), masked_secrets=1)),
    ),
)
def check(answers: Sequence[Evidence]) -> Iterator[Finding]:
    """Search every text that was answered."""
    if not answers:
        raise NotApplicable("no request got an answer")
    yield from first_few(fault for evidence in answers for fault in _faults(evidence))


def _faults(evidence: Evidence) -> Iterator[Finding]:
    asked = _asked(evidence)
    for text in _texts(evidence):
        leak = _leak(text.value, is_error=_is_error(evidence, text.event))
        if leak is not None and leak.text not in asked:
            yield _finding(evidence, text, leak)
    # A mask in our own body means that the credential is also an ordinary word of the input.
    if evidence.transcript.masked_secrets and not _MASK.search(evidence.transcript.request.body):
        masked = _MASK.search(evidence.body)
        yield evidence.finding(
            f"a credential of the request came back {evidence.transcript.masked_secrets} time(s) (masked here), "
            "expected it never to be sent back",
            offset=masked.start() if masked else None,
        )


def _is_error(evidence: Evidence, event_: Event | None) -> bool:
    return evidence.response.status >= 400 or event_ in evidence.error_events


def _texts(evidence: Evidence) -> Iterator[_Text]:
    if not evidence.is_event_stream:
        document = evidence.body.decode("utf-8", "replace")
        yield from _strings(document, parse_payload(document), None, frozenset())
        return
    for event_ in evidence.events:
        paths = frozenset(path for picture in event_.pictures for path in (picture.path, f"{picture.path}.url"))
        yield from _strings(event_.sse.data, event_.payload, event_, paths)


def _strings(document: str, payload: Payload, event_: Event | None, left_out: frozenset[str]) -> Iterator[_Text]:
    if not payload.is_valid:
        yield _Text(value=document, path="the text", event=event_)
    for path, value in walk(payload.value):
        if isinstance(value, str) and path not in left_out:
            yield _Text(value=value, path=path or "the text", event=event_)


def _leak(text: str, *, is_error: bool) -> _Leak | None:
    if len(text) > _LONGEST_WORD and not any(map(str.isspace, text)):
        return None
    text = _URL.sub("", text)
    if found := _TOKEN.search(text):
        return _Leak(what="a secret", text=found.group(), is_secret=True)
    if found := _TRACEBACK.search(text):
        return _Leak(what="a traceback", text=found.group())
    found = _PATH.fullmatch(text.strip()) or (_PATH_IN_TEXT.search(text) if is_error else None)
    return _Leak(what="a private path", text=found.group()) if found else None


def _asked(evidence: Evidence) -> str:
    request = evidence.transcript.request
    strings = [value for _, value in walk(evidence.asked.value) if isinstance(value, str)]
    return "\n".join([request.url, request.body.decode("utf-8", "replace"), *strings])


def _finding(evidence: Evidence, text: _Text, leak: _Leak) -> Finding:
    shown = f"{leak.text[:6]}..." if leak.is_secret else leak.text.strip()[:80]
    written = json.dumps(leak.text.strip())[1:-1].encode()
    start = text.event.offset if text.event else 0
    offset = evidence.body.find(written, start)
    finding = evidence.finding(
        f"{text.path} holds {leak.what}: {shown!r}, expected nothing of the server's inside",
        event=text.event,
        offset=offset if offset >= 0 else start,
    )
    # A report must not spread the secret, so it shows no bytes.
    return replace(finding, excerpt=None) if leak.is_secret else finding
