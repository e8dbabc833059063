"""Redirects, followed as the official clients follow a POST: 307 and 308, and never with a key to a stranger.

Where the endpoint chose the address, they are followed as a browser follows a picture's: any of them, within reach.
"""

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from conformance.core import Headers, Request, ResponseHead
from conformance.core.redaction import is_secret_name
from conformance.probing.reach import Reach

__all__ = ["next_request"]

_KEEPS_METHOD = (307, 308)
_ANY = (301, 302, 303, *_KEEPS_METHOD)
_DEFAULT_PORT = {"http": 80, "https": 443}


def next_request(request: Request, head: ResponseHead, reach: Reach | None = None) -> Request | None:
    """The request that a redirect asks for, or None when the response is to be judged as it is.

    Credentials are dropped when the origin changes, except from http to https on the same host with default
    ports (the rule of RFC 9110, section 15.4, and of both clients). 301, 302 and 303 are not followed, since
    they turn a POST into a GET; within a ``reach`` there are GETs only, and nothing outside it is followed.
    """
    location = head.value("location")
    followed = _KEEPS_METHOD if reach is None else _ANY
    if head.status not in followed or not location or not location.isascii():
        return None
    try:
        url = urljoin(request.url, location)
        parts = urlsplit(url)
        port_is_valid = (parts.port or 0) >= 0
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORT or not parts.hostname or not port_is_valid:
        return None
    if reach is not None and reach.refusal(url) is not None:
        return None
    headers = request.headers
    if not _may_see_credentials(request.url, url):
        headers = _without_credentials(headers)
    return replace(request, url=url, headers=headers)


def _without_credentials(headers: Headers) -> Headers:
    return tuple(pair for pair in headers if not is_secret_name(pair[0]))


def _may_see_credentials(before: str, after: str) -> bool:
    old, new = _origin(before), _origin(after)
    is_upgrade = old[1] == new[1] and (old[0], old[2]) == ("http", 80) and (new[0], new[2]) == ("https", 443)
    return old == new or is_upgrade


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _DEFAULT_PORT.get(parts.scheme)
