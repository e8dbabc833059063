"""One whole generation, read to its end."""

from conformance.probing.probe import Probe, json_request

__all__ = ["PROBE"]

PROBE = Probe(
    name="generation",
    summary="One valid request; the stream is read to its end.",
    build=json_request,
    order=0,  # when the endpoint cannot be reached, the others need not be sent
    generations=1,
    asks_with_get=True,
)
