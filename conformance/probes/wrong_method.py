"""GET where POST is meant."""

from conformance.probing.probe import Probe, get_request

__all__ = ["PROBE"]


PROBE = Probe(
    name="wrong_method",
    summary="GET on the stream route.",
    build=get_request,
    stop_after_events=1,
)
