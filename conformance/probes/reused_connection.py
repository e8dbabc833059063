"""One more request on the connection that carried the generation."""

from conformance.probing.probe import Probe, get_request

__all__ = ["PROBE"]


PROBE = Probe(
    name="reused_connection",
    summary="GET on the stream route, on the generation's own connection where that is still open.",
    build=get_request,
    order=1,  # a connection that waits is closed sooner or later
    follows="generation",
    stop_after_events=1,
    silence_counts=True,
)
