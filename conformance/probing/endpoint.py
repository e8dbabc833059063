"""The endpoint under test: where it is, what it is asked, and with whose key."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urljoin, urlsplit

from conformance.core import Headers, UsageError, redact_url
from conformance.core.body_secrets import body_secrets, url_secrets
from conformance.core.redaction import is_secret_name
from conformance.stream.payload import Json

__all__ = ["Endpoint", "Method", "is_fal_host", "resolve_own_route", "resolve_url"]

_FAL_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)+")
_FAL_HOSTS = ("fal.run", "fal.ai", "fal.dev")


class Method(Enum):
    """How a stream is asked for; the value is the word in a profile and in the request."""

    POST = "POST"
    """With the payload in the body, as at fal."""
    GET = "GET"
    """By its address alone; most probes make no sense then."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """What every probe is built from.

    Attributes:
        url: The absolute URL of the stream route.
        method: How a stream is asked for.
        payload: The input of a generation, a JSON object.
        headers: Further request headers, credentials included.
        failing_payload: Input that is declared to make the model fail midway, or None.
        plain_url: The route that answers with the result alone, without a stream, or None.
        cancel_url: The route that cancels the stream whose ``x-fal-request-id`` it is sent, or None.
    """

    url: str
    method: Method = Method.POST
    payload: Mapping[str, Json]
    headers: Headers = field(default=(), repr=False)
    failing_payload: Mapping[str, Json] | None = None
    plain_url: str | None = None
    cancel_url: str | None = None

    @property
    def credentials(self) -> Headers:
        """The headers that hold credentials."""
        return tuple(pair for pair in self.headers if is_secret_name(pair[0]))

    @property
    def headers_without_credentials(self) -> Headers:
        """The other headers."""
        return tuple(pair for pair in self.headers if not is_secret_name(pair[0]))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must not be written anywhere, whichever probe's answer holds them."""
        payloads = [json.dumps(dict(item or {})).encode("utf-8") for item in (self.payload, self.failing_payload)]
        urls = [url for url in (self.url, self.plain_url, self.cancel_url) if url is not None]
        return (
            *(value for _, value in self.credentials),
            *(value for url in urls for value in url_secrets(url, is_secret_name)),
            *(value for payload in payloads for value in body_secrets(payload, is_secret_name)),
        )


def resolve_url(text: str) -> str:
    """The endpoint's URL: an absolute http(s) URL as it is, ``owner/app`` as its stream at fal.

    Raises:
        UsageError: The text is neither.
    """
    if "://" not in text and _FAL_ID.fullmatch(text):
        path = text.strip("/")
        return f"https://fal.run/{path if path.endswith('/stream') else path + '/stream'}"
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        valid = False
    if not valid or not text.isascii() or any(character.isspace() for character in text):
        raise UsageError(
            f"{redact_url(text)!r} is not an endpoint: give an http(s) URL such as http://127.0.0.1:8000/stream, "
            "or a fal id such as owner/app"
        )
    return text


def resolve_own_route(text: str, endpoint_url: str, *, name: str) -> str:
    """Another route of the endpoint: a URL, or a path on its host.

    Args:
        text: What a user typed.
        endpoint_url: The endpoint's URL.
        name: What the route is called, for people: ``plain`` or ``cancel``.

    Raises:
        UsageError: It is on another host, which must not get the endpoint's key.
    """
    url = resolve_url(urljoin(endpoint_url, text))
    if urlsplit(url)[:2] != urlsplit(endpoint_url)[:2]:
        raise UsageError(f"the {name} URL is {redact_url(text)!r}, expected a route on the endpoint's own host")
    return url


def is_fal_host(url: str) -> bool:
    """Whether the URL is fal's own over TLS, so that ``FAL_KEY`` may be sent to it."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return parts.scheme == "https" and any(host == name or host.endswith(f".{name}") for name in _FAL_HOSTS)
