"""Secrets never reach a line of a transcript, in whatever place and spelling."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from math import ceil
from urllib.parse import quote, quote_plus

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
    redact,
)
from tests.conformance.core.secret_samples import (
    ALPHANUMERIC,
    SECRET,
    URL,
    authorized,
    echoed,
    everything_in,
    secrets,
    transcript,
)

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


@pytest.mark.timeout(60)  # a search that backtracks over the filling would take many minutes
@pytest.mark.parametrize("secret", ["/Zq9/9qZ", "Zq9" + "\\/ " * 8, "\\" * 20 + "Zq9"])
@pytest.mark.parametrize("filling", [b"\\", b"%25", b"%", b"Zq9", b"/"])
def test_no_body_makes_the_search_slow(filling: bytes, secret: str) -> None:
    """Bytes that nearly match for a long time are passed over at once."""
    body = filling * (400_000 // len(filling))
    assert redact(echoed(body, secret=secret)).body == body
