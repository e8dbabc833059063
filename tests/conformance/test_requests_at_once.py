"""A probe of several requests sends them at the same moment, and rules get all of their transcripts in order."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import Ending, Transcript
from conformance.examination.exchanges import Exchanges
from conformance.judging.evaluation import evaluate, judge_rule
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import load_probes
from conformance.profiles.profile import Profile
from conformance.recorders import Recorder, RecordingLimits
from conformance.samples import event, final, good_events, stream

PROBE = load_probes()["concurrent_generations"]
KEY = "Key id:0123456789abcdef"

Answer = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """A server with a thread for each request."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer(self, json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own word
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/stream"
    server.shutdown()
    server.server_close()
    thread.join()


def ask(url: str, *, silence_seconds: float = 10) -> tuple[Transcript, ...]:
    endpoint = Endpoint(url=url, payload={"prompt": "a red disc", "seed": 42}, headers=(("Authorization", KEY),))
    recorder = Recorder(limits=RecordingLimits(silence_seconds=silence_seconds))
    with Exchanges(endpoint, recorder, kept=()) as exchanges:
        return exchanges.ask(PROBE)


def tell(handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """A whole stream with the prompt and the key that came with the request."""
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    handler.send_header("connection", "close")
    handler.end_headers()
    last = event(final(prompt=asked["prompt"], seed=asked["seed"], key=handler.headers["authorization"]))
    handler.wfile.write(b"".join([*good_events()[:-1], last]))


def test_no_request_waits_for_another() -> None:
    """A server that answers only once all three are there answers all three."""
    all_there = threading.Barrier(3)

    def answer(handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        all_there.wait(5)
        tell(handler, asked)

    with answering(answer) as url:
        recorded = ask(url)
    assert [item.end.ending for item in recorded] == [Ending.CLOSED] * 3


def test_transcripts_come_in_the_order_of_the_requests() -> None:
    """Whichever is answered first, each holds the answer to its own request, and no key."""
    turns = {"in winter": threading.Event(), "in autumn": threading.Event(), "in spring": threading.Event()}
    turns["in winter"].set()
    following = dict(zip(turns, [*list(turns)[1:], None], strict=True))

    def answer(handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        season = asked["prompt"].partition(",")[0]
        assert turns[season].wait(5)
        tell(handler, asked)
        after = following[season]
        if after is not None:
            turns[after].set()

    with answering(answer) as url:
        recorded = ask(url)
    prompts = [json.loads(item.request.body)["prompt"] for item in recorded]
    assert prompts == ["in spring, a red disc", "in autumn, a red disc", "in winter, a red disc"]
    assert [prompt.encode() in item.body for prompt, item in zip(prompts, recorded, strict=True)] == [True] * 3
    assert [KEY.encode() in item.body for item in recorded] == [False] * 3


def test_rules_see_the_one_that_got_no_answer() -> None:
    """Its silence is evidence, and delays nobody else's transcript."""
    over = threading.Event()

    def answer(handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        if asked["seed"] == 2042:
            over.wait(5)
        else:
            tell(handler, asked)

    with answering(answer) as url:
        recorded = ask(url, silence_seconds=0.7)
        over.set()
    assert [item.head is None for item in recorded] == [False, True, False]
    impatient = Profile(name="impatient", options={"E08": {"least_idle_seconds": 0.3}})
    judged = judge_rule(load_catalogue().rules["E08"], recorded, impatient)
    assert (judged.verdict, len(judged.findings)) == (Verdict.FAILED, 1)
    assert judged.findings[0].message.startswith("request 2 of 3 at once: no head came")


@pytest.mark.parametrize("rule", ["R02", "E08"])
def test_nothing_is_judged_where_nothing_was_asked(rule: str) -> None:
    """At quick depth the reason is the plan's."""
    report = evaluate(
        [stream(*good_events())], Profile(name="quick"), not_asked={PROBE.name: "it is asked at --depth full only"}
    )
    said = next(result for result in report.results if result.rule.id == rule)
    assert (said.verdict, said.reason) == (Verdict.NOT_APPLICABLE, "it is asked at --depth full only")
