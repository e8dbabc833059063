"""Three generations at the same moment, each with marks of its own."""

from collections.abc import Mapping

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, Probe, json_request
from conformance.stream.payload import Json

__all__ = ["PROBE"]

# In front, because apps cut long prompts off at the end.
_SEASONS = ("in spring", "in autumn", "in winter")
# A batch may count up from its seed, so neighbours would be no marks.
_SEEDS_APART = 1000
_LARGEST_COMMON_SEED = 2**31 - 1
_SIDE_MULTIPLE = 32


def _build(endpoint: Endpoint) -> Request:
    return json_request(endpoint, payload=_marked(endpoint.payload, 0))


def _alongside(endpoint: Endpoint) -> tuple[Request, ...]:
    payloads = (_reshaped(_marked(endpoint.payload, 1)), _marked(endpoint.payload, 2))
    return tuple(json_request(endpoint, payload=payload) for payload in payloads)


def _marked(payload: Mapping[str, Json], index: int) -> dict[str, Json]:
    prompt, seed = payload.get("prompt"), payload.get("seed")
    marked = dict(payload)
    if isinstance(prompt, str):
        marked["prompt"] = f"{_SEASONS[index]}, {prompt}"
    if isinstance(seed, int) and not isinstance(seed, bool):
        apart = _SEEDS_APART * (index + 1)
        marked["seed"] = seed + apart if seed + apart <= _LARGEST_COMMON_SEED else seed - apart
    return marked


def _reshaped(payload: dict[str, Json]) -> dict[str, Json]:
    """Width and height exchanged, or a square made lower, where both are named and nothing odd comes of it.

    One of the three is enough: an app that takes no such size refuses it, and the other two are still compared.
    """
    width, height = payload.get("width"), payload.get("height")
    if isinstance(width, int) and isinstance(height, int) and width != height:
        return {**payload, "width": height, "height": width}
    if isinstance(height, int) and height == width and height > 0 and height % _SIDE_MULTIPLE == 0:
        return {**payload, "height": height * 3 // 4}
    return payload


PROBE = Probe(
    name="concurrent_generations",
    summary="Three valid requests at once, each with its own prompt and seed; further workers may start for them.",
    build=_build,
    alongside=_alongside,
    depth=Depth.FULL,
    order=35,
    generations=1,
    silence_counts=True,
)
