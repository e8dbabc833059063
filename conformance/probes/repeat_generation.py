"""The same generation again, with the same seed."""

from conformance.probing.probe import Depth, Probe, json_request

__all__ = ["PROBE"]


PROBE = Probe(
    name="repeat_generation",
    summary="The valid request once more; its seed must give the same picture.",
    build=json_request,
    depth=Depth.FULL,
    order=21,
    generations=1,
    obstacle=lambda endpoint: None if endpoint.payload.get("seed") is not None else "the payload names no seed",
)
