"""Credentials within the JSON of a request: ``{"hf_token": "…"}``, ``{"image_url": "https://…?sig=…"}``.

The body is read string by string and not as a document, since some probes send JSON that is broken on purpose.
"""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["body_secrets", "url_secrets"]

# A string, and the colon that makes it a name.
_STRING = re.compile(rb'("(?:[^"\\]|\\.)*+")(\s*+:)?', re.DOTALL)
_CAMEL_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Shorter ones, and several words, are no credential but an option or a sentence.
_SHORTEST = 8


def body_secrets(body: bytes, is_secret_name: Callable[[str], bool]) -> Iterator[str]:
    """Strings under the name of a credential, and the credentials of URLs.

    Args:
        body: The request's body.
        is_secret_name: Whether what has this name is a credential.
    """
    is_secret = False
    for match in _STRING.finditer(body):
        text = _text(match[1])
        if match[2] is not None:
            is_secret = is_secret_name(_CAMEL_HUMP.sub("_", text))
        elif not text.isprintable():
            continue
        elif is_secret and len(text) >= _SHORTEST and " " not in text:
            yield text
        elif "://" in text:
            yield from url_secrets(text, is_secret_name)


def url_secrets(url: str, is_secret_name: Callable[[str], bool]) -> Iterator[str]:
    """The user information of a URL, and what its query has under the name of a credential."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    for name, value in parse_qsl(parts.query, errors="surrogateescape"):
        if is_secret_name(name):
            yield value
    user = parts.netloc.rpartition("@")[0]
    if user:
        yield unquote(user, errors="surrogateescape")


def _text(literal: bytes) -> str:
    """What a literal says; nothing where it is none, as with a line break in it."""
    try:
        return str(json.loads(literal))
    except ValueError:
        return ""
