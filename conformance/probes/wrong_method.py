"""GET where POST is meant."""

from conformance.core import Request
from conformance.endpoint import Endpoint
from conformance.probe import Probe

__all__ = ["PROBE"]


def _build(endpoint: Endpoint) -> Request:
    own = (("accept", "text/event-stream"), ("accept-encoding", "identity"))
    return Request(method="GET", url=endpoint.url, headers=(*own, *endpoint.headers))


PROBE = Probe(
    name="wrong_method",
    summary="GET on the stream route.",
    build=_build,
    stop_after_events=1,
)
