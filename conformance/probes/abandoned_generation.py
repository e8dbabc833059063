"""A generation whose client leaves after the first event."""

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, Probe, another_input, json_request

__all__ = ["PROBE"]


def _build(endpoint: Endpoint) -> Request:
    return json_request(endpoint, payload=another_input(endpoint))


PROBE = Probe(
    name="abandoned_generation",
    summary="A valid request with another prompt and seed; hangs up after the first event.",
    build=_build,
    depth=Depth.FULL,
    order=30,
    generations=1,
    stop_after_events=1,
)
