"""A generation that is cancelled after its first event, as fal cancels one.

This is the one request that differs from run to run: an endpoint may remember which ids were cancelled.
"""

import uuid
from dataclasses import replace

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, Interjection, Probe, another_input, json_request

__all__ = ["PROBE"]

_ID = "x-fal-request-id"


def _build(endpoint: Endpoint) -> Request:
    kept = tuple(pair for pair in endpoint.headers if pair[0].lower() != _ID)
    return json_request(endpoint, payload=another_input(endpoint), headers=((_ID, str(uuid.uuid4())), *kept))


def _cancel(endpoint: Endpoint, request: Request) -> Request:
    headers = tuple(pair for pair in request.headers if pair[0].lower() not in ("accept", "content-type"))
    return replace(
        request, url=endpoint.cancel_url or endpoint.url, headers=(("accept", "application/json"), *headers), body=b""
    )


PROBE = Probe(
    name="cancelled_generation",
    summary="The request with another prompt and seed, cancelled after its first event (--cancel-url).",
    build=_build,
    depth=Depth.FULL,
    order=32,
    generations=1,
    interjection=Interjection(name="cancellation", after_events=1, build=_cancel),
    obstacle=lambda endpoint: (
        None if endpoint.cancel_url is not None else "no route that cancels was named (--cancel-url)"
    ),
)
