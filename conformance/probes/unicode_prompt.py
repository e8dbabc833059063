"""The valid request with a prompt that only Unicode can write."""

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, Probe, json_request, lacks_prompt

__all__ = ["PROBE"]

# In this order: joined emoji, combining marks, right to left, ideographs outside the basic plane, what JSON escapes,
# what ends a line in Python's eyes (a line feed, U+2028).
_TEXT = (
    "\U0001f469\u200d\U0001f680, cafe\u0301, \u05e9\u05dc\u05d5\u05dd, \U00020bb7\u91ce\u5bb6, "
    '"quoted" \\ back\nnext\u2028last'
)


def _build(endpoint: Endpoint) -> Request:
    return json_request(endpoint, payload={**endpoint.payload, "prompt": f"{endpoint.payload['prompt']}, {_TEXT}"})


PROBE = Probe(
    name="unicode_prompt",
    # The prompt comes back in the final event, if anywhere.
    summary="A prompt with emoji, Hebrew, rare ideographs, quotes and line breaks; the stream is read to its end.",
    build=_build,
    depth=Depth.FULL,
    order=36,
    generations=1,
    silence_counts=True,
    obstacle=lacks_prompt,
)
