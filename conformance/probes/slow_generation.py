"""A generation by a client on a slow line."""

from conformance.probing.probe import Depth, Probe, json_request

__all__ = ["PROBE"]


# A few times slower than previews are sent, but seconds for a whole stream of a megabyte.
_BYTES_PER_SECOND = 256 * 1024

PROBE = Probe(
    name="slow_generation",
    summary="The valid request, read slowly through a small receive buffer.",
    build=json_request,
    depth=Depth.FULL,
    order=23,
    generations=1,
    bytes_per_second=_BYTES_PER_SECOND,
    asks_with_get=True,
)
