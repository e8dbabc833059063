"""The official clients, asked over real sockets."""

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import pytest
import trustme

from conformance.core import Transcript
from conformance.player import Player
from conformance.stream.payload import Json
from tests.clients.fal_client_process import FalClientReading, ask_with_fal_client
from tests.clients.fal_js import FalJsAnswer, ask_with_fal_js

__all__ = ["Answers", "Ask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the clients deliver of one stream."""

    fal_client: FalClientReading
    fal_js: FalJsAnswer


Ask = Callable[[Mapping[str, Transcript]], Mapping[str, Answers]]


@pytest.fixture(scope="session")
def tls() -> tuple[ssl.SSLContext, bytes]:
    """A server's context for 127.0.0.1, and the authority that clients have to trust."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context, authority.cert_pem.bytes()


@pytest.fixture(scope="session")
def ask(tls: tuple[ssl.SSLContext, bytes], tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Play streams, at their recorded instants, to each client: fal_client over TLS, fal-js without."""
    context, authority = tls
    ca_file = tmp_path_factory.mktemp("tls") / "ca.pem"
    ca_file.write_bytes(authority)

    def ask_all(streams: Mapping[str, Transcript]) -> Mapping[str, Answers]:
        inputs: list[Json] = [{"stream": name} for name in streams]
        asked = [_asked(item, body) for item, body in zip(streams.values(), inputs, strict=True)]
        with Player(asked, tls=context) as url:
            python = ask_with_fal_client(url, inputs, ca_file=str(ca_file), twin="sync")
        with Player(asked) as url:
            javascript = ask_with_fal_js(url, inputs)
        pairs = zip(streams, python, javascript, strict=True)
        return {name: Answers(fal_client=one, fal_js=other) for name, one, other in pairs}

    return ask_all


@pytest.fixture(params=["sync", "async"])
def twin(request: pytest.FixtureRequest) -> Literal["sync", "async"]:
    """Each of fal_client's two interfaces."""
    return "sync" if request.param == "sync" else "async"


def _asked(item: Transcript, body: Json) -> Transcript:
    return replace(item, request=replace(item.request, body=json.dumps(body, separators=(",", ":")).encode()))
