"""Pictures behind URLs, fetched while the stream that names them is recorded: real sockets, nothing out of reach."""

import socket
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from conformance.catalogue import Verdict
from conformance.core import Ending, Transcript
from conformance.examination import Examination, check_endpoint, examine, plan_probes
from conformance.judging.report import Report
from conformance.probing.endpoint import Endpoint
from conformance.probing.picture_fetching import MOST_PICTURES, PictureFetching, picture_request
from conformance.probing.reach import Reach
from conformance.recorders import Recorder, RecordingLimits
from conformance.samples import picture_bytes
from tests.conformance.picture_server import GivePicture, answer, jpeg, serving_pictures

KEY = (("Authorization", "Key id:0123456789abcdef"), ("X-Team", "ours"))
PUBLIC_ADDRESS = "93.184.215.14"


def examined(url: str, *, recorder: Recorder | None = None, **changes: Any) -> Examination:
    endpoint = Endpoint(url=url, payload={"prompt": "a red disc"}, headers=KEY)
    plan = plan_probes(endpoint, fetching=PictureFetching(**changes))
    return examine(endpoint, plan, recorder or Recorder())


def fetches(examination: Examination) -> list[Transcript]:
    return [item for item in examination.transcripts if item.probe == "picture_fetch"]


def report_of(url: str, **options: Any) -> Report:
    return check_endpoint(url, payload={"prompt": "a red disc"}, fetch_results=True, **options)


def said(report: Report) -> tuple[Verdict, str]:
    """Verdict and words of I08."""
    result = next(result for result in report.results if result.rule.id == "I08")
    return result.verdict, result.reason or " / ".join(finding.message for finding in result.findings)


def refusing(status: int, content_type: str = "text/plain", body: bytes = b"") -> GivePicture:
    return lambda handler: answer(handler, status, body, content_type)


def redirecting(places: Mapping[str, str], status: int = 302) -> GivePicture:
    def give(handler: BaseHTTPRequestHandler) -> None:
        place = places.get(handler.path)
        if place is None:
            jpeg(handler)
        else:
            answer(handler, status, b"", location=place)

    return give


def test_each_picture_is_fetched_when_its_event_arrives() -> None:
    """Pictures that are there only while the stream runs are found; the events' order is kept."""
    with serving_pictures("1.jpg", "2.jpg", "final.jpg") as server:
        server.give = lambda handler: jpeg(handler) if server.is_streaming else answer(handler, 404, b"")
        report = report_of(server.url)
        assert (server.paths, said(report)) == (["/1.jpg", "/2.jpg", "/final.jpg"], (Verdict.PASSED, ""))


def test_nothing_is_fetched_unless_asked_for() -> None:
    """Without the option the rule says what it would need, and no picture is asked for."""
    with serving_pictures("1.jpg", "final.jpg") as server:
        report = check_endpoint(server.url, payload={"prompt": "a red disc"})
        expected = (Verdict.NOT_APPLICABLE, "pictures behind http(s) URLs were not fetched (--fetch-results)")
        assert (said(report), server.asked) == (expected, [])


def test_no_credentials_and_no_header_of_the_users_is_sent() -> None:
    """A picture is asked for as by a stranger, and by GET alone: the server knows no HEAD."""
    with serving_pictures("1.jpg", "final.jpg?X-Amz-Signature=0123456789") as server:
        kept = fetches(examined(server.url))
        names = {name.lower() for _, headers in server.asked for name in headers}
        assert names == {"host", "user-agent", "accept", "accept-encoding"}
        assert server.paths == ["/1.jpg", "/final.jpg?X-Amz-Signature=0123456789"]
        assert [item.request.url for item in kept] == [
            f"{server.origin}/1.jpg",
            f"{server.origin}/final.jpg?X-Amz-Signature=[redacted]",
        ]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_within_reach(status: int) -> None:
    """A CDN that redirects is what clients meet every day."""
    with serving_pictures("1.jpg", "final.jpg", give=redirecting({"/1.jpg": "/cdn/1.jpg"}, status)) as server:
        assert said(report_of(server.url)) == (Verdict.PASSED, "")
        assert sorted(server.paths) == ["/1.jpg", "/cdn/1.jpg", "/final.jpg"]


def test_a_redirect_out_of_reach_is_not_followed() -> None:
    """The stranger gets no connection, and the rule says why it cannot judge."""
    with socket.create_server(("127.0.0.2", 0)) as stranger:
        stranger.settimeout(0.2)
        place = f"http://127.0.0.2:{stranger.getsockname()[1]}/1.jpg"
        with serving_pictures("1.jpg", give=redirecting({"/1.jpg": place})) as server:
            verdict, words = said(report_of(server.url))
        assert (verdict, words) == (
            Verdict.NOT_APPLICABLE,
            "127.0.0.1 redirects to 127.0.0.2, which is not fetched from (--fetch-from)",
        )
        with pytest.raises(TimeoutError):
            stranger.accept()


def test_a_host_that_nobody_named_is_not_fetched_from() -> None:
    """A cloud's metadata address in an event leads to a reason, not to a request."""
    with serving_pictures("http://169.254.169.254/latest/meta-data/") as server:
        done = examined(server.url)
        assert fetches(done) == []
        assert done.not_asked["picture_fetch"] == (
            "169.254.169.254 is neither the endpoint's host nor one of fal's (--fetch-from 169.254.169.254 allows it)"
        )


def test_a_host_that_the_user_named_is_fetched_from() -> None:
    """`--fetch-from` opens one more host."""
    with serving_pictures(host="127.0.0.2") as files, serving_pictures(f"{files.origin}/1.jpg") as server:
        assert (said(report_of(server.url))[0], files.asked) == (Verdict.NOT_APPLICABLE, [])
        assert said(report_of(server.url, fetch_from=["127.0.0.2"])) == (Verdict.PASSED, "")


def test_a_name_that_leads_home_is_not_followed_for_a_public_endpoint() -> None:
    """Whatever the name resolves to when it counts: for an endpoint on the internet nothing here is asked."""
    with serving_pictures("1.jpg") as server:
        reach = Reach(endpoint_url=server.url, endpoint_address=PUBLIC_ADDRESS)
        url = f"{server.origin.replace('127.0.0.1', 'localhost')}/1.jpg"
        kept = Recorder().record("picture_fetch", picture_request(url), reach=reach)
        assert (kept.head, kept.end.ending, server.asked) == (None, Ending.ABANDONED, [])
        assert kept.end.detail.endswith("where the endpoint is not")


@pytest.mark.parametrize(
    ("give", "words"),
    [
        (refusing(404), "is answered with 404, expected 200"),
        (refusing(200, "text/html", b"<p>soon</p>"), "answers with the type 'text/html', expected 'image/jpeg'"),
        (refusing(200, "image/png", picture_bytes()), "answers with the type 'image/png', expected 'image/jpeg'"),
        (refusing(200, "image/jpeg", picture_bytes()[:400]), "answers with a picture that does not decode: "),
        (
            refusing(200, "image/jpeg", picture_bytes(image_format="PNG")),
            "answers with the bytes of a 'image/png', expected 'image/jpeg'",
        ),
    ],
    ids=["404", "a page", "another type", "half of it", "another type's bytes"],
)
def test_what_is_wrong_with_a_picture_is_said(give: GivePicture, words: str) -> None:
    """Each manifestation over a real socket, once for each picture, with its address."""
    with serving_pictures("1.jpg", "final.jpg", give=give) as server:
        verdict, message = said(report_of(server.url))
        assert verdict is Verdict.FAILED
        assert message.count(words) == 2
        assert f"({server.origin}/final.jpg)" in message


def test_a_picture_that_comes_five_seconds_later_is_missed() -> None:
    """What was not there when the event said so is a fault, though it is there later."""
    published: dict[str, float] = {}

    def give(handler: BaseHTTPRequestHandler) -> None:
        since = published.setdefault(handler.path, time.monotonic())
        jpeg(handler) if time.monotonic() - since > 5 else answer(handler, 404, b"")

    with serving_pictures("final.jpg", give=give) as server:
        verdict, message = said(report_of(server.url))
        assert (verdict, message) == (
            Verdict.FAILED,
            f"images[0].url is answered with 404, expected 200 ({server.origin}/final.jpg)",
        )


def test_a_server_that_does_one_thing_at_a_time_is_right() -> None:
    """It gives its pictures when the stream is over, which is as soon as it can."""
    with serving_pictures("1.jpg", "final.jpg", one_at_a_time=True) as server:
        assert said(report_of(server.url)) == (Verdict.PASSED, "")


def test_a_silent_own_host_says_nothing() -> None:
    """A server that is busy with its stream for longer than we wait cannot be told from one that hangs."""
    gone = threading.Event()

    def give(handler: BaseHTTPRequestHandler) -> None:
        gone.wait(10)

    with serving_pictures("1.jpg", give=give) as server:
        recorder = Recorder(limits=RecordingLimits(silence_seconds=0.8))
        verdict, reason = said(report_of(server.url, recorder=recorder))
        gone.set()
    assert (verdict, reason) == (Verdict.NOT_APPLICABLE, "127.0.0.1: nothing arrived for 0.8 s")


def test_no_more_pictures_than_a_bound_are_looked_at() -> None:
    """An endpoint cannot make the checker ask for ever."""
    names = [f"{number}.jpg" for number in range(MOST_PICTURES + 40)]
    with serving_pictures(*names, pause_seconds=0.002) as server:
        kept = fetches(examined(server.url))
        assert (len(kept), len(server.asked)) == (MOST_PICTURES, MOST_PICTURES)


def test_the_same_picture_is_fetched_once() -> None:
    """Fragments and repetition make no difference to a server."""
    with serving_pictures("1.jpg", "1.jpg#now", "1.jpg") as server:
        assert len(fetches(examined(server.url))) == 1


def test_only_a_few_at_once() -> None:
    """Never more than four connections for pictures."""
    lock, running, most = threading.Lock(), 0, 0

    def give(handler: BaseHTTPRequestHandler) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        # Before the answer: the client may ask for the next picture before this thread goes on.
        with lock:
            running -= 1
        jpeg(handler)

    with serving_pictures(*(f"{number}.jpg" for number in range(20)), give=give, pause_seconds=0.001) as server:
        assert len(fetches(examined(server.url))) == 20
    assert most <= 4


def test_a_picture_without_end_is_left() -> None:
    """More bytes than a picture may have end the fetch, and the rule does not judge it."""

    def give(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "image/jpeg")
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(bytes(1024 * 1024))

    with serving_pictures("1.jpg", give=give) as server:
        verdict, reason = said(report_of(server.url))
    assert (verdict, reason) == (Verdict.NOT_APPLICABLE, "the body is larger than 33554432 bytes")


def test_no_refusal_rule_judges_a_fetch() -> None:
    """What a CDN answers is not the endpoint's refusal: only I08 speaks of it, and as a warning."""
    page = b"Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in give\nKeyError: 'x'\n"
    with serving_pictures("1.jpg", "final.jpg", give=refusing(500, "text/html", page)) as server:
        with_fetches = report_of(server.url)
        without = check_endpoint(server.url, payload={"prompt": "a red disc"})
    fallen = [
        {result.rule.id for result in report.results if result.verdict.falls_short}
        for report in (with_fetches, without)
    ]
    assert fallen[0] - fallen[1] == {"I08"}
    assert with_fetches.cost.requests - without.cost.requests == 2


def test_the_warm_up_and_further_generations_fetch_nothing() -> None:
    """Pictures of the first judged generation alone are fetched."""
    with serving_pictures("1.jpg", "final.jpg", pause_seconds=0.05) as server:
        report_of(server.url, warm_up=True, repeat=2)
        assert server.paths == ["/1.jpg", "/final.jpg"]
