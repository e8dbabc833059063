"""Secrets are taken out of a transcript before anything else sees it.

Credentials in the request become ``[redacted]``. A credential that the endpoint echoes is masked with as many
asterisks as it has bytes, across chunk edges, so that every byte offset and every instant stays true.

A body with a content coding is searched as it was sent, that is, coded; the recorder looks inside.
"""

import base64
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from conformance.core.body_secrets import body_secrets, url_secrets
from conformance.core.transcript import Chunk, Headers, Redirect, Request, ResponseHead, StreamEnd, Transcript

__all__ = ["REDACTED", "is_secret_name", "redact", "redact_url", "secret_spellings"]

REDACTED = "[redacted]"

# In place of user information: brackets would make the URL unreadable, since they belong to IPv6 hosts there.
_REDACTED_USER = "redacted"
_SECRET_NAME = re.compile(
    r"authorization|cookie|token|secret|passw|passphrase|credential|signature|session|jwt|bearer|"
    r"(^|[-_.])(x-)?(api|access|auth|fal|private)?[-_.]?key([-_.]|$)|(^|[-_.])(sig|auth|pwd)$",
    re.IGNORECASE,
)
_URL_HEADERS = frozenset({"location", "content-location", "referer"})
# Shorter values would mask ordinary text ("1", "on") all over a payload.
_SHORTEST_SECRET = 6
_NEVER_ESCAPED = frozenset((string.ascii_letters + string.digits).encode("ascii"))

_SHORT_ESCAPES = {"\b": b"b", "\f": b"f", "\n": b"n", "\r": b"r", "\t": b"t"}
# JSON within JSON doubles backslashes; bounded and possessive, so that no body can make the search slow.
_BACKSLASHES = rb"\\\\{0,14}+"
_MAYBE_BACKSLASHES = rb"\\{0,15}+"


def is_secret_name(name: str) -> bool:
    """Whether a header or query parameter of this name holds a credential."""
    return _SECRET_NAME.search(name) is not None


def redact_url(url: str) -> str:
    """The URL without its user information and without the values of secret parameters.

    Parameters are looked for in query and fragment. What cannot be read as a URL is redacted whole.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return REDACTED
    user, at, host = parts.netloc.rpartition("@")
    clean = parts._replace(
        netloc=f"{_REDACTED_USER}@{host}" if at and user else parts.netloc,
        query=_redact_parameters(parts.query),
        fragment=_redact_parameters(parts.fragment),
    )
    return url if clean == parts else urlunsplit(clean)


def secret_spellings(secrets: Iterable[str]) -> tuple[bytes, ...]:
    """The byte strings that give the secrets away, longest first.

    A header value counts whole, without its scheme (``Key …``, ``Bearer …``), and, for an ``id:secret`` pair,
    by its second half; a cookie by each of its values, ``Basic`` credentials also as what they encode. Each
    comes plain and as every base64 text that contains it. JSON and percent escapes are not spelled out: they
    are recognised when masking.
    """
    spellings: set[bytes] = set()
    for secret in secrets:
        for part in _parts(secret.strip()):
            data = part.encode("utf-8", "surrogateescape")
            if len(data) >= _SHORTEST_SECRET and part not in (REDACTED, _REDACTED_USER):
                spellings |= {data, *_base64_cores(data)}
    return tuple(sorted(spellings, key=len, reverse=True))


def redact(transcript: Transcript, secrets: Iterable[str] = ()) -> Transcript:
    """A copy of the transcript that holds none of the secrets.

    Args:
        transcript: The exchange as recorded.
        secrets: Credentials that were sent, beside those in the URL, and in headers and JSON under a telling name.
    """
    request = transcript.request
    mask = _Mask(secret_spellings([*secrets, *_secrets_of(request)]))
    clean_request = replace(
        request,
        url=mask.text(redact_url(request.url)),
        headers=_redact_headers(request.headers, mask),
        body=mask.data(request.body),
    )
    hop_urls = [mask.text(redact_url(hop.url)) for hop in transcript.redirects]
    mask.count = 0  # From here on, what the endpoint sent: an echo is worth reporting.
    return replace(
        transcript,
        request=clean_request,
        redirects=tuple(
            Redirect(url=url, head=_redact_head(hop.head, mask))
            for url, hop in zip(hop_urls, transcript.redirects, strict=True)
        ),
        head=transcript.head and _redact_head(transcript.head, mask),
        chunks=_redact_chunks(transcript.chunks, mask),
        end=StreamEnd(
            ending=transcript.end.ending,
            at_ns=transcript.end.at_ns,
            detail=mask.text(transcript.end.detail),
        ),
        masked_secrets=transcript.masked_secrets + mask.count,
    )


class _Mask:
    def __init__(self, spellings: tuple[bytes, ...]) -> None:
        self.count = 0
        self._pattern = re.compile(b"|".join(map(_tolerant, spellings))) if spellings else None

    def data(self, data: bytes) -> bytes:
        if self._pattern is None:
            return data
        masked, count = self._pattern.subn(lambda match: b"*" * len(match.group()), data)
        self.count += count
        return masked

    def text(self, text: str) -> str:
        return self.data(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _secrets_of(request: Request) -> Iterator[str]:
    for name, value in request.headers:
        if is_secret_name(name):
            yield value
    yield from url_secrets(request.url, is_secret_name)
    yield from body_secrets(request.body, is_secret_name)


def _parts(secret: str) -> set[str]:
    scheme, credential = [*secret.split(maxsplit=1), "", ""][:2]
    credential = credential or scheme
    parts = {secret, credential, credential.partition(":")[2], credential.rpartition(":")[2]}
    for pair in secret.split(";"):
        parts.add(pair.partition("=")[2].strip())
    if scheme.lower() == "basic":
        decoded = _basic_credentials(credential)
        parts |= {decoded, decoded.partition(":")[2]}
    return parts


def _basic_credentials(credential: str) -> str:
    try:
        return base64.b64decode(credential).decode("utf-8", "surrogateescape")
    except ValueError:
        return ""


def _base64_cores(data: bytes) -> Iterator[bytes]:
    # The secret may stand at any of three places within a group of three bytes; the letters that it shares
    # with its neighbours are left out, since they depend on them.
    for shift, skipped in ((0, 0), (1, 2), (2, 3)):
        whole = (shift + len(data)) * 8 // 6
        text = base64.b64encode(bytes(shift) + data)[skipped:whole]
        yield text
        yield text.translate(bytes.maketrans(b"+/", b"-_"))


def _tolerant(spelling: bytes) -> bytes:
    """A pattern for the spelling in which each character may also be escaped.

    Letters and digits stay as they are: no encoder escapes them, and the search stays fast.
    """
    text = spelling.decode("utf-8", "surrogateescape")
    # A run of backslashes is one character: two patterns in a row that both repeat would try every division.
    characters = re.findall(r"\\+|[^\\]", text)
    first = _spellings_of(characters[0])
    tail = b"".join(
        # The run takes the backslashes of an escape that follows it as well.
        _any_of(_spellings_of(character, _MAYBE_BACKSLASHES if before.startswith("\\") else _BACKSLASHES))
        for before, character in pairwise(characters)
    )
    # Every alternative begins with a plain byte, by which the regular expression engine finds candidates.
    return b"|".join(form + tail for form in first)


def _spellings_of(character: str, backslashes: bytes = _BACKSLASHES) -> list[bytes]:
    data = character.encode("utf-8", "surrogateescape")
    if data[0] in _NEVER_ESCAPED:
        return [data]
    percent = b"".join(b"%%(?:25){0,3}(?i:%02x)" % byte for byte in data)
    units = character.encode("utf-16-be", "surrogatepass").hex().encode("ascii")
    first, *others = (b"u(?i:%b)" % units[at : at + 4] for at in range(0, len(units), 4))
    escape = backslashes + first + b"".join(_BACKSLASHES + unit for unit in others)
    escaped = backslashes + re.escape(data)
    if character.startswith("\\"):
        escaped = re.escape(data) + rb"\\{0,%d}+" % (14 * len(data))
    forms = [re.escape(data), escaped, percent, escape]
    if character in _SHORT_ESCAPES:
        forms.append(backslashes + _SHORT_ESCAPES[character])
    return [*forms, b"\\+"] if character == " " else forms


def _any_of(forms: list[bytes]) -> bytes:
    return forms[0] if len(forms) == 1 else b"(?:" + b"|".join(forms) + b")"


def _redact_parameters(parameters: str) -> str:
    return "&".join(map(_redact_parameter, parameters.split("&")))


def _redact_parameter(parameter: str) -> str:
    name, equals, _ = parameter.partition("=")
    return f"{name}={REDACTED}" if equals and is_secret_name(unquote_plus(name)) else parameter


def _redact_headers(headers: Headers, mask: _Mask) -> Headers:
    return tuple(
        (mask.text(name), REDACTED if is_secret_name(name) else mask.text(_redact_value(name, value)))
        for name, value in headers
    )


def _redact_value(name: str, value: str) -> str:
    return redact_url(value) if name.lower() in _URL_HEADERS else value


def _redact_head(head: ResponseHead, mask: _Mask) -> ResponseHead:
    return replace(head, headers=_redact_headers(head.headers, mask))


def _redact_chunks(chunks: tuple[Chunk, ...], mask: _Mask) -> tuple[Chunk, ...]:
    body = b"".join(chunk.data for chunk in chunks)
    masked = mask.data(body)
    if masked == body:  # nothing was found, so nothing need be held twice
        return chunks
    clean, offset = [], 0
    for chunk in chunks:
        clean.append(Chunk(at_ns=chunk.at_ns, data=masked[offset : offset + len(chunk.data)]))
        offset += len(chunk.data)
    return tuple(clean)
