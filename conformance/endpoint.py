"""The endpoint under test: where it is, what it is asked, and with whose key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conformance.core import Headers, UsageError
from conformance.core.redaction import is_secret_name
from conformance.payload import Json

__all__ = ["Endpoint", "is_fal_host", "resolve_url"]

_FAL_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)+")
_FAL_HOSTS = ("fal.run", "fal.ai", "fal.dev")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """What every probe is built from.

    Attributes:
        url: The absolute URL of the stream route.
        payload: The input of a generation, a JSON object.
        headers: Further request headers, credentials included.
    """

    url: str
    payload: Mapping[str, Json]
    headers: Headers = field(default=(), repr=False)

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
        """Values that must not be written anywhere."""
        return tuple(value for _, value in self.credentials)


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
            f"{text!r} is not an endpoint: give an http(s) URL such as http://127.0.0.1:8000/stream, "
            "or a fal id such as owner/app"
        )
    return text


def is_fal_host(url: str) -> bool:
    """Whether the URL is fal's own over TLS, so that ``FAL_KEY`` may be sent to it."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return parts.scheme == "https" and any(host == name or host.endswith(f".{name}") for name in _FAL_HOSTS)
