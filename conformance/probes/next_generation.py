"""The generation right after a client has left another one."""

from conformance.probing.probe import Depth, Probe, json_request

__all__ = ["PROBE"]


PROBE = Probe(
    name="next_generation",
    summary="The valid request, at once after the abandoned one: is the worker free, and is nothing left over?",
    build=json_request,
    depth=Depth.FULL,
    order=31,  # nothing may come between it and abandoned_generation
    generations=1,
)
