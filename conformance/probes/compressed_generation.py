"""A generation by a client that takes compressed answers, as every real client does."""

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, Probe, json_request

__all__ = ["PROBE"]


def _build(endpoint: Endpoint) -> Request:
    return json_request(endpoint, accept_encoding="gzip, deflate, br, zstd")


PROBE = Probe(
    name="compressed_generation",
    summary="The valid request with the codings that real clients accept.",
    build=_build,
    depth=Depth.FULL,
    order=20,
    generations=1,
    asks_with_get=True,
)
