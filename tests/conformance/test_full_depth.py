"""What ``--depth full`` sends, and how slowly it reads."""

import json

import pytest

from conformance.core import Ending, Headers, Request, UsageError
from conformance.examination import plan_probes
from conformance.probing.endpoint import Endpoint, resolve_own_route
from conformance.probing.probe import Depth, load_probes
from conformance.recorders import Recorder
from tests.conformance.conftest import ServeScripts, event_stream

ENDPOINT = Endpoint(
    url="http://127.0.0.1:8000/stream",
    payload={"prompt": "a red disc", "seed": 1},
    headers=(("Authorization", "Key id:0123456789abcdef"),),
    failing_payload={"prompt": "fail"},
    plain_url="http://127.0.0.1:8000/",
)
FULL = ("repeat", "compressed", "plain", "slow", "abandoned", "next", "failing")
ODD_INPUT = ("unicode_prompt", "long_prompt", "huge_number", "missing_body")


def _built(probe: str) -> Request:
    return load_probes()[probe].build(ENDPOINT)


def _header(headers: Headers, name: str) -> str | None:
    return dict(headers).get(name)


@pytest.mark.parametrize("probe", ["compressed_generation", "repeat_generation", "next_generation", "slow_generation"])
def test_the_valid_request_is_sent_again(probe: str) -> None:
    """Several probes differ from the generation in how they are sent or read, not in what they ask for."""
    request, generation = _built(probe), _built("generation")
    assert (request.url, request.method, request.body) == (generation.url, generation.method, generation.body)


@pytest.mark.parametrize(
    ("probe", "coding"),
    [("generation", "identity"), ("compressed_generation", "gzip, deflate, br, zstd"), ("slow_generation", "identity")],
)
def test_only_one_probe_accepts_compression(probe: str, coding: str) -> None:
    """The codings are those for which a decoder is there."""
    assert _header(_built(probe).headers, "accept-encoding") == coding


def test_the_plain_route_is_asked_for_json() -> None:
    """The same input and the same key go to the route without a stream."""
    request = _built("plain_generation")
    assert (request.url, request.body) == (ENDPOINT.plain_url, _built("generation").body)
    assert _header(request.headers, "accept") == "application/json"
    assert _header(request.headers, "Authorization") == "Key id:0123456789abcdef"


def test_the_failing_input_is_the_declared_one() -> None:
    """Nothing of the valid payload is mixed in."""
    assert json.loads(_built("failing_generation").body) == {"prompt": "fail"}


def test_the_abandoned_generation_has_a_mark_of_its_own() -> None:
    """Another prompt and another seed, so that its pictures would be known in a later stream."""
    assert json.loads(_built("abandoned_generation").body) == {"prompt": "a red disc, at night", "seed": 2}


def test_a_missing_body_is_no_body_at_all() -> None:
    """The one fault of the request; the media type still says JSON."""
    request = _built("missing_body")
    assert (request.body, _header(request.headers, "content-type")) == (b"", "application/json")


def test_the_next_generation_comes_right_after_the_abandoned_one() -> None:
    """Nothing may come between them, or the worker would have had time to recover."""
    order = [ask.probe.name for ask in plan_probes(ENDPOINT, depth=Depth.FULL).asks]
    assert order.index("next_generation") == order.index("abandoned_generation") + 1
    assert order[0] == "generation"


def test_full_depth_asks_everything() -> None:
    """Every probe that costs a generation is planned, and counted."""
    plan = plan_probes(ENDPOINT, depth=Depth.FULL)
    assert {f"{name}_generation" for name in FULL} <= {ask.probe.name for ask in plan.asks}
    # The generation itself, three at once, and odd input, which may be drawn all the same.
    assert plan.generations == len(FULL) + 1 + 3 + len(ODD_INPUT)
    assert plan.not_asked.keys() == {"cancelled_generation", "http2_generation"}


def test_quick_depth_asks_none_of_it() -> None:
    """One generation is all that a quick check costs."""
    plan = plan_probes(ENDPOINT)
    assert plan.generations == 1
    assert {f"{name}_generation" for name in FULL} <= plan.not_asked.keys()


def test_what_was_not_declared_is_not_asked() -> None:
    """No seed, no plain route, no failing input: the reason names what is missing."""
    plan = plan_probes(Endpoint(url=ENDPOINT.url, payload={"prompt": "a red disc"}), depth=Depth.FULL)
    assert dict(plan.not_asked) == {
        "no_credentials": "no credentials are in use",
        "repeat_generation": "the payload names no seed",
        "plain_generation": "no plain route was named (--plain-url)",
        "failing_generation": "no input that fails was declared (--failing-payload)",
        "cancelled_generation": "no route that cancels was named (--cancel-url)",
        "http2_generation": "HTTP/2 is agreed on in the TLS handshake, and the endpoint speaks plain http",
        "huge_number": "the payload names neither a seed nor a guidance scale",
    }


@pytest.mark.parametrize("text", ["/", "http://127.0.0.1:8000/"])
def test_the_plain_route_is_named_by_path_or_url(text: str) -> None:
    """A path stands for a route of the endpoint's own host."""
    assert resolve_own_route(text, ENDPOINT.url, name="plain") == "http://127.0.0.1:8000/"


@pytest.mark.parametrize("text", ["http://127.0.0.1:8001/", "https://127.0.0.1:8000/", "//example.com/"])
def test_the_plain_route_on_another_host_is_refused(text: str) -> None:
    """The endpoint's key is not sent elsewhere."""
    with pytest.raises(UsageError, match="own host"):
        resolve_own_route(text, ENDPOINT.url, name="plain")


def test_a_slow_reader_takes_its_time(serve: ServeScripts) -> None:
    """300 KB at 500 KB a second take 0.6 s at least, and every byte arrives."""
    body = b"data: " + b"x" * 300_000 + b"\n\n"
    request = Request(method="POST", url=serve(event_stream(body)).url, body=b"{}")
    transcript = Recorder().record("slow_generation", request, bytes_per_second=500_000)
    assert (transcript.body, transcript.end.ending) == (body, Ending.COMPLETE)
    assert 0.5e9 < transcript.end.at_ns < 10e9


def test_a_slow_reader_reads_in_small_pieces(serve: ServeScripts) -> None:
    """No read takes more than the small buffer, so that the sender has to wait in between."""
    request = Request(method="POST", url=serve(event_stream(b"x" * 200_000)).url, body=b"{}")
    transcript = Recorder().record("slow_generation", request, bytes_per_second=1_000_000)
    assert max(len(chunk.data) for chunk in transcript.chunks) <= 16 * 1024
    instants = [chunk.at_ns for chunk in transcript.chunks]
    assert (instants == sorted(instants), len(set(instants)) >= 12) == (True, True)
