"""The valid request without its credentials."""

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Probe, json_request

__all__ = ["PROBE"]


def _build(endpoint: Endpoint) -> Request:
    return json_request(endpoint, headers=endpoint.headers_without_credentials)


PROBE = Probe(
    name="no_credentials",
    summary="The valid request without its credentials; hangs up if a stream starts all the same.",
    build=_build,
    stop_after_events=1,
    obstacle=lambda endpoint: None if endpoint.credentials else "no credentials are in use",
    asks_with_get=True,
)
