"""Input that the endpoint must refuse: one of the user's own fields with a value of the wrong type."""

from collections.abc import Mapping

from conformance.core import Request
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Probe, json_request
from conformance.stream.payload import Json

__all__ = ["PROBE"]


def _wrong_type(payload: Mapping[str, Json]) -> dict[str, Json]:
    # `prompt` first: every image endpoint needs it, so a wrong one cannot be a field that is ignored.
    name = "prompt" if "prompt" in payload else next(iter(payload))
    if isinstance(payload[name], list):
        return {**payload, name: "not a list"}
    return {**payload, name: [{"not": "valid"}]}


def _build(endpoint: Endpoint) -> Request:
    return json_request(endpoint, payload=_wrong_type(endpoint.payload))


PROBE = Probe(
    name="invalid_input",
    summary="A field of the payload with a value of the wrong type; hangs up if a stream starts anyway.",
    build=_build,
    stop_after_events=1,
    obstacle=lambda endpoint: None if endpoint.payload else "the payload has no field to make invalid",
)
