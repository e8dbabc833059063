"""Messages between this package's own words and httpcore's."""

from urllib.parse import urlsplit

import httpcore

from conformance.core import Request, ResponseHead

__all__ = ["read_head", "wire_headers"]


def wire_headers(request: Request) -> list[tuple[bytes, bytes]]:
    """The header fields of a request as they are sent: its own, and those that HTTP needs."""
    host = urlsplit(request.url).netloc.rpartition("@")[2].encode("ascii")
    headers = [(name.encode("ascii"), value.encode("utf-8")) for name, value in request.headers]
    names = {name.lower() for name, _ in headers}
    own = [(b"host", host)]
    if b"user-agent" not in names:
        own.append((b"user-agent", b"fal-stream-conformance"))
    if request.body or request.method == "POST":
        own.append((b"content-length", str(len(request.body)).encode()))
    return [pair for pair in own if pair[0] not in names] + headers


def read_head(response: httpcore.Response) -> ResponseHead:
    """Status line and header fields as they were received."""
    version = response.extensions.get("http_version", b"HTTP/1.1").decode("ascii")
    return ResponseHead(
        status=response.status,
        http_version=version,
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers),
    )
