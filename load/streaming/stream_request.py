"""The request of a stream, as it goes on the wire."""

import json
from collections.abc import Mapping
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
    fields = {
        "Host": urlsplit(endpoint.origin).netloc,
        "User-Agent": "fal-stream-load",
        "Accept": "text/event-stream",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        **({} if fal_key is None else {"Authorization": f"Key {fal_key}"}),
    }
    replaced = {name.lower() for name in headers or {}} | {"content-length"}
    lines = [f"{name}: {value}" for name, value in fields.items() if name.lower() not in replaced]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a header field holds a line break")
    head = "\r\n".join([f"POST {quote(path, safe=_SENDABLE)} HTTP/1.1", *lines])
    return head.encode("latin-1") + b"\r\n\r\n" + body
