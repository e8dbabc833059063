"""The valid request with a very long prompt."""

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, Probe, json_request, lacks_prompt

__all__ = ["PROBE"]

_CHARACTERS = 6000


def _build(endpoint: Endpoint) -> Request:
    prompt = f"{endpoint.payload['prompt']}, "
    repeated = prompt * (_CHARACTERS // len(prompt) + 1)
    return json_request(endpoint, payload={**endpoint.payload, "prompt": repeated[:_CHARACTERS].rstrip(", ")})


PROBE = Probe(
    name="long_prompt",
    # Text is read before the first step, so that no more than the beginning need be paid for.
    summary="A prompt of 6,000 characters; hangs up after the second event.",
    build=_build,
    depth=Depth.FULL,
    order=43,
    generations=1,
    stop_after_events=2,  # the first may say no more than that the request is queued
    silence_counts=True,
    obstacle=lacks_prompt,
)
