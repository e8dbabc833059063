"""Input that is declared to make the model fail midway."""

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, Probe, json_request

__all__ = ["PROBE"]


def _build(endpoint: Endpoint) -> Request:
    return json_request(endpoint, payload=endpoint.failing_payload or endpoint.payload)


PROBE = Probe(
    name="failing_generation",
    summary="The input that was declared to fail midway (--failing-payload).",
    build=_build,
    depth=Depth.FULL,
    order=40,
    generations=1,
    obstacle=lambda endpoint: (
        None if endpoint.failing_payload is not None else "no input that fails was declared (--failing-payload)"
    ),
)
