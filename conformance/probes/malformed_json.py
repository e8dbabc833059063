"""A body that is not JSON."""

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Probe, json_request

__all__ = ["PROBE"]


def _build(endpoint: Endpoint) -> Request:
    return json_request(endpoint, body=b'{"prompt": "cut off here')


PROBE = Probe(
    name="malformed_json",
    summary="A body that is cut off in the middle of a string; everything else about the request is right.",
    build=_build,
    stop_after_events=1,
)
