"""Secrets are taken out of a transcript before anything else sees it.

Credentials in the request become ``[redacted]``. A credential that the endpoint echoes is masked with as many
asterisks as it has bytes, across chunk edges, so that every byte offset and every instant stays true.
"""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

from conformance.core.transcript import Chunk, Headers, Redirect, ResponseHead, StreamEnd, Transcript

__all__ = ["REDACTED", "is_secret_name", "redact", "redact_url", "secret_spellings"]

REDACTED = "[redacted]"

_SECRET_NAME = re.compile(
    r"authorization|cookie|token|secret|passw|credential|signature|session|jwt|"
    r"(^|[-_.])(x-)?(api|access|auth|fal|private)?[-_.]?key([-_.]|$)|^(sig|auth|key)$",
    re.IGNORECASE,
)
# Shorter values would mask ordinary text ("1", "on") all over a payload.
_SHORTEST_SECRET = 6


def is_secret_name(name: str) -> bool:
    """Whether a header or query parameter of this name holds a credential."""
    return _SECRET_NAME.search(name) is not None


def redact_url(url: str) -> str:
    """The URL without its user information and without the values of secret query parameters."""
    parts = urlsplit(url)
    netloc = parts.netloc.rpartition("@")[2]
    if netloc != parts.netloc:
        netloc = f"{REDACTED}@{netloc}"
    query = parts.query
    pairs = parse_qsl(query, keep_blank_values=True)
    if any(is_secret_name(name) for name, _ in pairs):
        query = urlencode(
            [(name, REDACTED if is_secret_name(name) else value) for name, value in pairs], safe="[]"
        )
    return urlunsplit(parts._replace(netloc=netloc, query=query))


def secret_spellings(secrets: Iterable[str]) -> tuple[bytes, ...]:
    """Every way in which the secrets may be spelled in what comes back, longest first.

    A header value counts whole, without its scheme (``Key …``, ``Bearer …``), and, for a ``id:secret`` pair,
    by its second half; each also JSON-escaped, percent-encoded and in base64.
    """
    spellings: set[bytes] = set()
    for secret in secrets:
        scheme, _, credential = secret.partition(" ")
        for part in {secret, credential or scheme, (credential or scheme).rpartition(":")[2]}:
            if len(part) < _SHORTEST_SECRET:
                continue
            spellings |= {
                text.encode("utf-8", "surrogateescape")
                for text in (part, json.dumps(part)[1:-1], quote(part, safe=""), quote_plus(part))
            }
            spellings.add(base64.b64encode(part.encode("utf-8", "surrogateescape")).rstrip(b"="))
    return tuple(sorted(spellings, key=len, reverse=True))


def redact(transcript: Transcript, secrets: Iterable[str] = ()) -> Transcript:
    """A copy of the transcript that holds none of the secrets.

    Args:
        transcript: The exchange as recorded.
        secrets: Credentials that were sent, beside those in headers with a telling name.
    """
    in_headers = [value for name, value in transcript.request.headers if is_secret_name(name)]
    in_query = [
        value for name, value in parse_qsl(urlsplit(transcript.request.url).query) if is_secret_name(name)
    ]
    mask = _Mask(secret_spellings([*secrets, *in_headers, *in_query]))
    request = transcript.request
    clean_request = replace(
        request,
        url=mask.text(redact_url(request.url)),
        headers=_redact_headers(request.headers, mask),
        body=mask.data(request.body),
    )
    mask.count = 0  # From here on, what the endpoint sent: an echo is worth reporting.
    return replace(
        transcript,
        request=clean_request,
        redirects=tuple(
            Redirect(url=mask.text(redact_url(hop.url)), head=_redact_head(hop.head, mask))
            for hop in transcript.redirects
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
        self._pattern = re.compile(b"|".join(map(re.escape, spellings))) if spellings else None

    def data(self, data: bytes) -> bytes:
        if self._pattern is None:
            return data
        masked, count = self._pattern.subn(lambda match: b"*" * len(match.group()), data)
        self.count += count
        return masked

    def text(self, text: str) -> str:
        return self.data(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _redact_headers(headers: Headers, mask: _Mask) -> Headers:
    return tuple((name, REDACTED if is_secret_name(name) else mask.text(value)) for name, value in headers)


def _redact_head(head: ResponseHead, mask: _Mask) -> ResponseHead:
    headers = tuple(
        (name, redact_url(value) if name.lower() in ("location", "content-location") else value)
        for name, value in head.headers
    )
    return replace(head, headers=_redact_headers(headers, mask))


def _redact_chunks(chunks: tuple[Chunk, ...], mask: _Mask) -> tuple[Chunk, ...]:
    masked = mask.data(b"".join(chunk.data for chunk in chunks))
    clean, offset = [], 0
    for chunk in chunks:
        clean.append(Chunk(at_ns=chunk.at_ns, data=masked[offset : offset + len(chunk.data)]))
        offset += len(chunk.data)
    return tuple(clean)
