"""The request of a stream, as it goes on the wire."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from load.endpoint import Endpoint

__all__ = ["stream_request"]

# What may stand in a path and query as it is; a percent sign, since callers may have encoded it already.
_SENDABLE = "/?:@!$&'()*+,;=%-._~[]"


def stream_request(
    endpoint: Endpoint, path: str, payload: Any, *, fal_key: str | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """An HTTP/1.1 POST of JSON that asks for an event stream.

    Args:
        endpoint: Where it goes.
        path: Path and query.
        payload: The JSON value.
        fal_key: The credential, or None.
        headers: Further header fields; they replace ours of the same name.

    Raises:
        ValueError: A header field holds a line break, or something else than Latin-1.
    """
    body = json.dumps(payload).encode()
    head = _head(endpoint.origin, path, fal_key, tuple((headers or {}).items()))
    return b"%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body)


# Streams of one scenario differ in their payloads at the most.
@lru_cache
def _head(origin: str, path: str, fal_key: str | None, headers: tuple[tuple[str, str], ...]) -> bytes:
    fields = {
        "Host": urlsplit(origin).netloc,
        "User-Agent": "fal-stream-load",
        "Accept": "text/event-stream",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        **({} if fal_key is None else {"Authorization": f"Key {fal_key}"}),
    }
    replaced = {name.lower() for name, _ in headers} | {"content-length"}
    lines = [f"{name}: {value}" for name, value in fields.items() if name.lower() not in replaced]
    lines += [f"{name}: {value}" for name, value in headers]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a header field holds a line break")
    return "".join(f"{line}\r\n" for line in [f"POST {quote(path, safe=_SENDABLE)} HTTP/1.1", *lines]).encode("latin-1")
