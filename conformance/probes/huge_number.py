"""A number that no machine word holds."""

from collections.abc import Mapping

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, Probe, json_request
from conformance.stream.payload import Json

__all__ = ["PROBE"]

# No step count, no size and no number of pictures: an app without an upper bound would work on those for ever.
_HARMLESS = ("seed", "guidance_scale")
# An integer and not 1e400, which Python reads as infinity: FastAPI quotes it in its own 422, which JSON cannot hold,
# so that every FastAPI app answers 500.
_HUGE = 10**400


def _number(payload: Mapping[str, Json]) -> str | None:
    numbers = (name for name in _HARMLESS if isinstance(payload.get(name), int | float))
    return next((name for name in numbers if not isinstance(payload[name], bool)), None)


def _build(endpoint: Endpoint) -> Request:
    name = _number(endpoint.payload) or _HARMLESS[0]
    return json_request(endpoint, payload={**endpoint.payload, name: _HUGE})


PROBE = Probe(
    name="huge_number",
    summary="A seed or a guidance scale of 401 digits; hangs up if a stream starts anyway.",
    build=_build,
    depth=Depth.FULL,  # an app that takes any integer as a seed starts a generation
    order=42,
    generations=1,
    stop_after_events=1,
    obstacle=lambda endpoint: (
        None if _number(endpoint.payload) is not None else "the payload names neither a seed nor a guidance scale"
    ),
)
