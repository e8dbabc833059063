"""Secrets never reach a line of a transcript, in whatever place and spelling, and nothing else changes."""

import base64
import json
import string
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from math import ceil
from urllib.parse import quote, quote_plus, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.core import (
    Chunk,
    Ending,
    Redirect,
    Request,
    ResponseHead,
    StreamEnd,
    Transcript,
    redact,
    redact_url,
    write_transcript,
)
from conformance.core.redaction import is_secret_name

SECRET = "Zq9-1f:sha/pe+of=a\"key'9qZ"  # noqa: S105 - made up
ALPHANUMERIC = string.ascii_letters + string.digits
URL = "https://example.test/stream"


def transcript(**changes: object) -> Transcript:
    parts: dict[str, object] = {
        "probe": "generation",
        "request": Request(method="POST", url=URL, headers=(("accept", "text/event-stream"),), body=b"{}"),
        "head": ResponseHead(status=200, headers=(("content-type", "text/event-stream"),)),
        "end": StreamEnd(ending=Ending.COMPLETE, at_ns=10),
    }
    return Transcript(**{**parts, **changes})  # type: ignore[arg-type]


def authorized(secret: str = SECRET, **changes: object) -> Transcript:
    return transcript(request=Request(method="POST", url=URL, headers=(("Authorization", f"Key {secret}"),)), **changes)


def echoed(*pieces: bytes, secret: str = SECRET) -> Transcript:
    return authorized(secret, chunks=tuple(Chunk(at_ns=at, data=data) for at, data in enumerate(pieces, 1)))


def everything_in(kept: Transcript) -> str:
    """What a person or a program could read in the file, escapes undone."""
    lines = list(write_transcript(kept))
    heads = [kept.head, *(hop.head for hop in kept.redirects)]
    headers = [*kept.request.headers, *(pair for head in heads if head for pair in head.headers)]
    texts = [kept.request.url, kept.end.detail, *(hop.url for hop in kept.redirects)]
    bodies = [kept.request.body.decode("utf-8", "replace"), kept.body.decode("utf-8", "replace")]
    return "\n".join([*lines, *map(": ".join, headers), *texts, *bodies])


# --- Every place --------------------------------------------------------------------------------------------

SENT = [
    pytest.param({"headers": (("Authorization", f"Key {SECRET}"),)}, id="authorization"),
    pytest.param({"headers": (("authorization", f"  Bearer   {SECRET}  "),)}, id="authorization-with-spaces"),
    pytest.param({"headers": (("Authorization", SECRET),)}, id="authorization-without-a-scheme"),
    pytest.param(
        {"headers": (("Authorization", "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()),)},
        id="basic-credentials",
    ),
    pytest.param({"headers": (("Authorization", f"Key 0123-4567:{SECRET}"),)}, id="id-and-secret"),
    pytest.param({"headers": (("X-Api-Key", SECRET),)}, id="api-key"),
    pytest.param({"headers": (("Cookie", f"theme=dark; session={SECRET}; a=b"),)}, id="one-of-several-cookies"),
    pytest.param({"url": f"{URL}?seed=7&token={quote(SECRET, safe='')}"}, id="query"),
    pytest.param({"url": f"{URL}?%74oken={quote(SECRET, safe='')}"}, id="query-with-an-escaped-name"),
    pytest.param({"url": f"https://me:{quote(SECRET, safe='')}@example.test/"}, id="password-in-the-url"),
    pytest.param({"url": f"https://{quote(SECRET, safe='')}@[::1]:8000/"}, id="user-in-the-url"),
]


@pytest.mark.parametrize("sent", SENT)
def test_a_secret_that_was_sent_is_not_kept(sent: dict[str, object]) -> None:
    """A credential in the request is gone from every line, and so is the body that echoes it."""
    request = replace(Request(method="POST", url=URL), **sent)  # type: ignore[arg-type]
    kept = redact(transcript(request=request, chunks=(Chunk(at_ns=1, data=f"<{SECRET}>".encode()),)))
    assert (kept.body, SECRET in everything_in(kept), quote(SECRET, safe="") in everything_in(kept)) == (
        b"<" + b"*" * len(SECRET) + b">",
        False,
        False,
    )


RECEIVED = [
    pytest.param({"chunks": (Chunk(at_ns=1, data=SECRET.encode()),)}, 1, id="chunk"),
    pytest.param({"chunks": (Chunk(at_ns=1, data=b"\xff" + SECRET.encode()),)}, 1, id="chunk-of-no-text"),
    pytest.param({"chunks": (Chunk(at_ns=1, data=f"{SECRET} {SECRET}".encode()),)}, 2, id="twice-in-a-chunk"),
    pytest.param({"head": ResponseHead(status=200, headers=(("X-Echo", SECRET),))}, 1, id="header"),
    pytest.param({"head": ResponseHead(status=200, headers=((SECRET, "1"),))}, 1, id="header-name"),
    pytest.param(
        {"head": ResponseHead(status=200, headers=(("Set-Cookie", f"k={SECRET}"),))}, 0, id="cookie-that-is-set"
    ),
    pytest.param(
        {"head": ResponseHead(status=307, headers=(("Location", f"/{quote(SECRET)}/x"),))}, 1, id="location-path"
    ),
    pytest.param(
        {"head": ResponseHead(status=307, headers=(("location", f"/x?token={quote(SECRET)}"),))},
        0,
        id="location-query",
    ),
    pytest.param(
        {"redirects": (Redirect(url=URL, head=ResponseHead(status=307, headers=(("X-Echo", SECRET),))),)},
        1,
        id="header-of-a-redirect",
    ),
    pytest.param(
        {"redirects": (Redirect(url=f"{URL}/{quote(SECRET)}", head=ResponseHead(status=307)),)},
        0,
        id="url-that-we-asked-ourselves",
    ),
    pytest.param(
        {"end": StreamEnd(ending=Ending.RESET, at_ns=1, detail=f"no {SECRET} here")}, 1, id="detail-of-the-end"
    ),
]


@pytest.mark.parametrize(("changes", "count"), RECEIVED)
def test_a_secret_that_comes_back_is_not_kept(changes: dict[str, object], count: int) -> None:
    """A credential that the endpoint echoes is gone from every line."""
    kept = redact(authorized(**changes))
    assert (SECRET in everything_in(kept), quote(SECRET) in everything_in(kept)) == (False, False)


@pytest.mark.parametrize(("changes", "count"), RECEIVED)
def test_echoes_are_counted(changes: dict[str, object], count: int) -> None:
    """Each echo counts once; what we sent ourselves, or what a telling name hides anyway, does not."""
    assert redact(authorized(**changes)).masked_secrets == count


def test_secrets_may_be_named_by_the_caller() -> None:
    """A credential that stands nowhere by a telling name is masked if it is handed in."""
    request = Request(method="POST", url=f"{URL}/{SECRET}", headers=(("X-Note", SECRET),), body=SECRET.encode())
    kept = redact(transcript(request=request), secrets=[SECRET])
    assert (SECRET in everything_in(kept), kept.masked_secrets) == (False, 0)


@pytest.mark.parametrize("cut", range(1, len(SECRET)))
def test_a_secret_is_found_across_chunk_edges(cut: int) -> None:
    """However a secret is split over two chunks, both halves are masked."""
    first, second = SECRET[:cut].encode(), SECRET[cut:].encode()
    kept = redact(echoed(b"<" + first, second + b">"))
    assert [chunk.data for chunk in kept.chunks] == [b"<" + b"*" * len(first), b"*" * len(second) + b">"]


def test_a_secret_is_found_byte_by_byte() -> None:
    """A secret of which each byte came alone is masked, with empty chunks in between."""
    pieces = [piece for byte in SECRET.encode() for piece in (bytes([byte]), b"")]
    assert redact(echoed(*pieces)).body == b"*" * len(SECRET)


# --- Every spelling -----------------------------------------------------------------------------------------


def percent(text: str) -> str:
    return "".join(chr(byte) if chr(byte) in ALPHANUMERIC else f"%{byte:02x}" for byte in text.encode())


def escaped_as_careful_json(text: str) -> str:
    """As the JSON writers do that escape all but letters and digits."""
    units = text.encode("utf-16-be")
    codes = [units[at] << 8 | units[at + 1] for at in range(0, len(units), 2)]
    return "".join(chr(code) if chr(code) in ALPHANUMERIC else f"\\u{code:04X}" for code in codes)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "json": lambda text: json.dumps(text)[1:-1],
    "json-without-ascii": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json-with-slashes-escaped": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "json-that-escapes-all": escaped_as_careful_json,
    "json-in-json": lambda text: json.dumps(json.dumps(text))[3:-3],
    "json-in-json-in-json": lambda text: json.dumps(json.dumps(json.dumps(text)))[7:-7],
    "path": quote,
    "component": lambda text: quote(text, safe=""),
    "component-of-javascript": lambda text: quote(text, safe="!'()*"),
    "form": quote_plus,
    "percent-in-lower-case": percent,
    "percent-twice": lambda text: quote(quote(text)),
}
BASE64_SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64encode,
    "base64-for-urls": base64.urlsafe_b64encode,
    "base64-in-a-url": lambda data: quote(base64.b64encode(data), safe="").encode(),
    "base64-in-json": lambda data: base64.b64encode(data).replace(b"/", b"\\/"),
}

inner_texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
# Beginning and end are unlike anything else in a transcript, so that finding them means finding the secret.
secrets = inner_texts.map(lambda text: f"Zq9{text}9qZ")


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@given(data=st.data())
@settings(max_examples=40)
def test_a_secret_is_found_however_it_is_escaped(spelling: Callable[[str], str], data: st.DataObject) -> None:
    """Each spelling is masked from its first byte to its last, and nothing around it."""
    secret = data.draw(secrets)
    found = spelling(secret).encode()
    kept = redact(echoed(b'data: {"echo":"' + found + b'"}\n\n', secret=secret))
    assert kept.body == b'data: {"echo":"' + b"*" * len(found) + b'"}\n\n'


@pytest.mark.parametrize("spelling", BASE64_SPELLINGS.values(), ids=BASE64_SPELLINGS)
@pytest.mark.parametrize("before", [b"", b"1", b"12", b"Key "])
@given(data=st.data())
@settings(max_examples=40)
def test_a_secret_is_found_in_base64(spelling: Callable[[bytes], bytes], before: bytes, data: st.DataObject) -> None:
    """Wherever a secret stands in what was encoded, every letter that is made of it alone is masked."""
    secret = data.draw(secrets)
    found = spelling(before + secret.encode() + data.draw(st.binary(max_size=3)))
    kept = redact(echoed(b"data: " + found + b"\n\n", secret=secret))
    first_letter, end_letter = ceil(len(before) * 8 / 6), (len(before) + len(secret.encode())) * 8 // 6
    assert kept.body.count(b"*") >= end_letter - first_letter


@pytest.mark.parametrize(
    "credential",
    [f"Key {SECRET}", f"Bearer {SECRET}", f"Key id-of-the-key:{SECRET}", f"Key\t{SECRET}", f" {SECRET} "],
)
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_secret_is_found_without_its_scheme_and_id(credential: str, spelling: Callable[[str], str]) -> None:
    """The part of a header that matters is masked when it comes back alone."""
    request = Request(method="POST", url=URL, headers=(("Authorization", credential),))
    found = spelling(SECRET).encode()
    kept = redact(transcript(request=request, chunks=(Chunk(at_ns=1, data=found),)))
    assert kept.body == b"*" * len(found)


def test_a_secret_of_other_bytes_than_text_is_found() -> None:
    """A header that is not UTF-8 is masked by its bytes."""
    secret = b"Zq9\xff\xfe/9qZ"
    text = secret.decode("utf-8", "surrogateescape")
    kept = redact(echoed(b"<" + secret + b"> " + quote(secret).encode(), secret=text))
    assert kept.body == b"<" + b"*" * len(secret) + b"> " + b"*" * len(quote(secret))


def test_the_longer_of_two_secrets_is_masked_whole() -> None:
    """A secret that begins with another one leaves no rest."""
    kept = redact(transcript(chunks=(Chunk(at_ns=1, data=b"Zq9abc-def"),)), secrets=["Zq9abc", "Zq9abc-def"])
    assert (kept.body, kept.masked_secrets) == (b"*" * 10, 1)


@pytest.mark.parametrize("short", ["1", "on", "Key 1", "Key a:b", "", " ", "Basic !", "Basic YTpi"])
def test_short_values_mask_nothing(short: str) -> None:
    """A value too short to be a credential does not eat ordinary text."""
    body = b'data: {"seed":1,"a":"on","b":"Key"}\n\n'
    request = Request(method="POST", url=URL, headers=(("Authorization", short),))
    assert redact(transcript(request=request, chunks=(Chunk(at_ns=1, data=body),))).body == body


# --- What stays ---------------------------------------------------------------------------------------------


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


# --- URLs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h/p?token=a&seed=7", "https://h/p?token=[redacted]&seed=7"),
        ("https://h/p?seed=7&sig=a%2Fb&x=%20y+z", "https://h/p?seed=7&sig=[redacted]&x=%20y+z"),
        ("https://h/p?token=a=b", "https://h/p?token=[redacted]"),
        ("https://h/p?token=", "https://h/p?token=[redacted]"),
        ("https://h/p?token", "https://h/p?token"),
        ("https://h/p?api%5Fkey=a", "https://h/p?api%5Fkey=[redacted]"),
        ("https://h/p?token=a&token=b", "https://h/p?token=[redacted]&token=[redacted]"),
        ("https://h/p#access_token=a&x=1", "https://h/p#access_token=[redacted]&x=1"),
        ("https://me:pw@h:8000/p", "https://redacted@h:8000/p"),
        ("https://me@h/p", "https://redacted@h/p"),
        ("https://me:p@w@[::1]:80/p", "https://redacted@[::1]:80/p"),
        ("//me:pw@h/p", "//redacted@h/p"),
        ("/p?key=a", "/p?key=[redacted]"),
        ("?key=a", "?key=[redacted]"),
        ("https://h/p?a=1&&b", "https://h/p?a=1&&b"),
        ("https://h/p?", "https://h/p?"),
        ("", ""),
        ("http://[half", "[redacted]"),
    ],
)
def test_a_url_is_redacted(url: str, expected: str) -> None:
    """User information and secret parameters go; the rest stays to the letter."""
    assert redact_url(url) == expected


@pytest.mark.parametrize("url", ["https://me:pw@h:8000/p?key=a", "https://me:pw@[::1]:8000/p"])
def test_a_redacted_url_is_still_a_url(url: str) -> None:
    """Whoever asks a redacted URL for its host and port gets them."""
    before, after = urlsplit(url), urlsplit(redact_url(url))
    assert (after.hostname, after.port, after.path) == (before.hostname, before.port, before.path)


def test_an_unreadable_location_does_not_stop_us() -> None:
    """What the endpoint writes cannot make redaction raise."""
    head = ResponseHead(status=307, headers=(("Location", "http://[half/?token=abcdef"),))
    kept = redact(authorized(head=head))
    assert kept.head == ResponseHead(status=307, headers=(("Location", "[redacted]"),))


def test_an_unreadable_url_of_ours_does_not_stop_us() -> None:
    """A URL that could not be asked is kept as nothing."""
    assert redact(transcript(request=Request(method="POST", url="http://[half"))).request.url == "[redacted]"


@pytest.mark.timeout(60)  # a search that backtracks over the filling would take many minutes
@pytest.mark.parametrize("secret", ["/Zq9/9qZ", "Zq9" + "\\/ " * 8, "\\" * 20 + "Zq9"])
@pytest.mark.parametrize("filling", [b"\\", b"%25", b"%", b"Zq9", b"/"])
def test_no_body_makes_the_search_slow(filling: bytes, secret: str) -> None:
    """Bytes that nearly match for a long time are passed over at once."""
    body = filling * (400_000 // len(filling))
    assert redact(echoed(body, secret=secret)).body == body
