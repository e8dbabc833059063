"""The route that answers with the result alone."""

from dataclasses import replace

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, Probe, json_request

__all__ = ["PROBE"]


def _build(endpoint: Endpoint) -> Request:
    request = json_request(endpoint, accept="application/json")
    return replace(request, url=endpoint.plain_url or endpoint.url)


PROBE = Probe(
    name="plain_generation",
    summary="The valid request on the route without a stream (--plain-url).",
    build=_build,
    depth=Depth.FULL,
    order=22,
    generations=1,
    obstacle=lambda endpoint: None if endpoint.plain_url is not None else "no plain route was named (--plain-url)",
)
