"""Probes: what to send, how much of the answer to read, and what it costs.

A probe is pure: it builds a request and never sends it. Each lives in a module of its own under
``conformance.probes``, as ``PROBE``.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from conformance.core import CatalogueError, Headers, Request
from conformance.probing.endpoint import Endpoint, Method
from conformance.stream.payload import Json

__all__ = [
    "Depth",
    "Interjection",
    "Probe",
    "another_input",
    "get_request",
    "json_request",
    "lacks_prompt",
    "load_probes",
]


class Depth(Enum):
    """How much a check may spend."""

    QUICK = "quick"
    """One generation and a handful of cheap requests."""
    FULL = "full"
    """Several generations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interjection:
    """A request that is sent while the answer to another one is being read.

    Attributes:
        name: Under which name its transcript is filed.
        after_events: How many events of the answer are awaited first.
        build: Makes it, given the endpoint and the request that is being answered.
    """

    name: str
    after_events: int
    build: Callable[[Endpoint, Request], Request]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One question to the endpoint.

    Attributes:
        name: What rules call it.
        summary: What it sends and why, one sentence.
        depth: The least depth at which it runs.
        order: Its place in a run; lower comes first.
        generations: The most generations that each of its requests may make the endpoint compute.
        build: Makes the request.
        alongside: Makes further requests that are sent at the same moment; rules get the transcripts of all of them.
        interjection: A request that is sent while the answer is being read, or None.
        follows: The probe on whose connection it is sent, or None for a connection of its own.
        http2: Offer HTTP/2 whatever the user chose.
        stop_after_events: Hang up after this many events, or None to read the whole answer.
        bytes_per_second: Read no faster than this, or None to read at once.
        silence_counts: Whether its rules judge an exchange that got no answer as well.
        asks_with_get: Whether it can be asked where a stream is read with GET.
        obstacle: Why it cannot be asked of this endpoint, or None.
    """

    name: str
    summary: str
    build: Callable[[Endpoint], Request]
    depth: Depth = Depth.QUICK
    order: int = 10
    generations: int = 0
    alongside: Callable[[Endpoint], tuple[Request, ...]] | None = None
    interjection: Interjection | None = None
    follows: str | None = None
    http2: bool = False
    stop_after_events: int | None = None
    bytes_per_second: int | None = None
    silence_counts: bool = False
    asks_with_get: bool = False
    obstacle: Callable[[Endpoint], str | None] = lambda endpoint: None

    def requests(self, endpoint: Endpoint) -> tuple[Request, ...]:
        """All requests that are sent at the same moment."""
        return (self.build(endpoint), *(self.alongside(endpoint) if self.alongside is not None else ()))


def json_request(
    endpoint: Endpoint,
    *,
    payload: Mapping[str, Json] | None = None,
    body: bytes | None = None,
    headers: Headers | None = None,
    accept: str = "text/event-stream",
    accept_encoding: str = "identity",
) -> Request:
    """A request as fal's clients send it, one detail changed at a time.

    ``Accept-Encoding: identity`` is explicit, because its absence would permit any coding (RFC 9110, 12.5.3).
    """
    has_body = endpoint.method is not Method.GET
    if body is None:
        body = json.dumps(payload if payload is not None else dict(endpoint.payload)).encode() if has_body else b""
    own = (
        ("accept", accept),
        ("accept-encoding", accept_encoding),
        ("cache-control", "no-store"),
        *([("content-type", "application/json")] if has_body else []),
    )
    given = endpoint.headers if headers is None else headers
    overridden = {name.lower() for name, _ in given}
    return Request(
        method=endpoint.method.value,
        url=endpoint.url,
        headers=(*(pair for pair in own if pair[0] not in overridden), *given),
        body=body,
    )


def get_request(endpoint: Endpoint) -> Request:
    """GET on the stream route, which costs nothing."""
    own = (("accept", "text/event-stream"), ("accept-encoding", "identity"))
    return Request(method="GET", url=endpoint.url, headers=(*own, *endpoint.headers))


def another_input(endpoint: Endpoint) -> dict[str, Json]:
    """The payload with another prompt and another seed, where it names them, so that its pictures can be told."""
    payload = dict(endpoint.payload)
    prompt, seed = payload.get("prompt"), payload.get("seed")
    if isinstance(prompt, str):
        payload["prompt"] = f"{prompt}, at night"
    if isinstance(seed, int) and not isinstance(seed, bool):
        payload["seed"] = seed + 1
    return payload


def lacks_prompt(endpoint: Endpoint) -> str | None:
    """The obstacle to every probe that writes another prompt, or None."""
    prompt = endpoint.payload.get("prompt")
    return None if isinstance(prompt, str) and prompt.strip() else "the payload names no prompt"


@lru_cache(maxsize=1)
def load_probes() -> Mapping[str, Probe]:
    """Every probe by name, in the order they are asked.

    Raises:
        CatalogueError: A module has no ``PROBE``, or one of another name than the module's.
    """
    package = importlib.import_module("conformance.probes")
    probes: dict[str, Probe] = {}
    for module in pkgutil.iter_modules(package.__path__):
        probe = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "PROBE", None)
        if not isinstance(probe, Probe) or probe.name != module.name:
            raise CatalogueError(f"conformance.probes.{module.name} does not hold the probe of that name")
        probes[probe.name] = probe
    return dict(sorted(probes.items(), key=lambda entry: (entry[1].order, entry[0])))
