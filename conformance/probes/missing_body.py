"""A POST without a body."""

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, Probe, json_request

__all__ = ["PROBE"]


def _build(endpoint: Endpoint) -> Request:
    return json_request(endpoint, body=b"")


PROBE = Probe(
    name="missing_body",
    summary="The request without its body; hangs up if a stream starts anyway.",
    build=_build,
    depth=Depth.FULL,  # an app whose fields all have defaults would start a generation
    order=41,
    generations=1,
    stop_after_events=1,
)
