"""A generation over HTTP/2, as browsers read it."""

from urllib.parse import urlsplit

from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, Probe, json_request

__all__ = ["PROBE"]


def _obstacle(endpoint: Endpoint) -> str | None:
    is_secure = urlsplit(endpoint.url).scheme == "https"
    return None if is_secure else "HTTP/2 is agreed on in the TLS handshake, and the endpoint speaks plain http"


PROBE = Probe(
    name="http2_generation",
    summary="The valid request, with HTTP/2 on offer.",
    build=json_request,
    depth=Depth.FULL,
    order=24,
    generations=1,
    http2=True,
    obstacle=_obstacle,
    asks_with_get=True,
)
