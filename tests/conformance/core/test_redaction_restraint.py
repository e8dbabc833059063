"""What is no secret stays as it was, to the letter."""

from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.core import (
    Chunk,
    Ending,
    Request,
    ResponseHead,
    StreamEnd,
    redact,
)
from conformance.core.redaction import is_secret_name
from tests.conformance.core.secret_samples import SECRET, URL, echoed, secrets, transcript


@given(st.lists(st.binary(max_size=6), max_size=6), st.lists(st.integers(0, 200), max_size=8), secrets)
def test_lengths_and_instants_stay(noise: list[bytes], cuts: list[int], secret: str) -> None:
    """Masking moves no byte and no instant: chunks keep their lengths, bytes between echoes their values."""
    body = secret.encode().join(noise)
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    before = echoed(*(body[start:end] for start, end in pairwise(edges)), secret=secret)
    kept = redact(before)
    assert [(chunk.at_ns, len(chunk.data)) for chunk in kept.chunks] == [
        (chunk.at_ns, len(chunk.data)) for chunk in before.chunks
    ]
    assert kept.body == (b"*" * len(secret.encode())).join(noise)


@given(st.text(), st.text("abc/:?&#;.%=~7 "), st.lists(st.binary(), max_size=3), st.text())
def test_without_secrets_nothing_changes(value: str, location: str, pieces: list[bytes], detail: str) -> None:
    """A transcript with no credential comes out as it went in."""
    before = transcript(
        head=ResponseHead(status=200, headers=(("X-Monkey", value), ("Location", location))),
        chunks=tuple(Chunk(at_ns=1, data=piece) for piece in pieces),
        end=StreamEnd(ending=Ending.COMPLETE, at_ns=2, detail=detail),
    )
    assert redact(before) == before


@given(secrets)
def test_redacting_twice_is_redacting_once(secret: str) -> None:
    """A transcript read from a file can be redacted again without harm."""
    request = Request(
        method="POST",
        url=f"https://me:{quote(secret, safe='')}@example.test/?token={quote(secret, safe='')}",
        headers=(("Authorization", f"Key {secret}"), ("Cookie", f"k={secret}")),
    )
    location = (("Location", f"https://me:{quote(secret, safe='')}@example.test/?key=1"),)
    once = redact(
        transcript(
            request=request,
            head=ResponseHead(status=307, headers=location),
            chunks=(Chunk(at_ns=1, data=f"[redacted] redacted {secret}".encode()),),
        )
    )
    assert redact(once) == once


@pytest.mark.parametrize(
    "header",
    [
        ("Cache-Control", "no-cache"),
        ("X-Monkey", "see no evil"),
        ("keyboard", "qwerty"),
        ("Keep-Alive", "timeout=5"),
        ("Content-Type", "text/event-stream; charset=utf-8"),
        ("x-fal-request-id", "0f6e1d2c-0000-4000-8000-000000000000"),
        ("Location", "/next?"),
        ("Location", "//host/a;b?seed=7&step=2#top"),
        ("Content-Location", "?a=%7e&b=+&&c"),
    ],
)
def test_ordinary_headers_stay_to_the_letter(header: tuple[str, str]) -> None:
    """A header without a credential is kept as it was written, in either direction."""
    request = Request(method="POST", url=URL, headers=(header, ("Authorization", f"Key {SECRET}")))
    kept = redact(transcript(request=request, head=ResponseHead(status=200, headers=(header,))))
    assert (kept.request.headers[0], kept.head) == (header, ResponseHead(status=200, headers=(header,)))


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "authorization",
        "Proxy-Authorization",
        "Cookie",
        "Set-Cookie",
        "X-Api-Key",
        "api_key",
        "apikey",
        "apiKey",
        "key",
        "Fal-Key",
        "FAL_KEY",
        "x-fal-key",
        "private-key",
        "accesskey",
        "access_token",
        "token",
        "X-Amz-Signature",
        "X-Amz-Credential",
        "X-Amz-Security-Token",
        "sig",
        "auth",
        "X-Auth",
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "client_secret",
        "Session-Id",
        "jwt",
        "bearer",
        "Ocp-Apim-Subscription-Key",
        "Key-Pair-Id",
        "X-Goog-Signature",
    ],
)
def test_a_telling_name_is_recognised(name: str) -> None:
    """Headers and parameters of these names hold credentials."""
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Cache-Control",
        "X-Monkey",
        "keyboard",
        "Keep-Alive",
        "Accept",
        "Accept-Encoding",
        "Content-Type",
        "Host",
        "User-Agent",
        "Vary",
        "x-fal-request-id",
        "X-Accel-Buffering",
        "Author",
        "Authority",
        "design",
        "keyframe",
        "hockey",
        "turkey",
        "seed",
        "prompt",
        "monkeys",
        "WWW-Authenticate",
        "Last-Event-ID",
        "Location",
        "Retry-After",
        "signal",
        "passage",
        "compass",
    ],
)
def test_an_ordinary_name_is_no_secret(name: str) -> None:
    """Names that only resemble those of credentials are left alone."""
    assert not is_secret_name(name)
