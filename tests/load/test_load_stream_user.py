"""Real Locust processes against a real server on this machine."""

import json
from dataclasses import replace

import pytest

from load.locust_process import scenario_path
from load.metrics import FIRST_PREVIEW, LONGEST_GAP, TIME_TO_FINAL
from load.stream_row import Outcome
from tests.load.conftest import picture_event
from tests.load.locust_run import run_locust
from tests.load.stream_visits import LOCUSTFILES, serve_tls, visit


@pytest.mark.parametrize("framing", ["chunked", "until close", "carriage returns"])
def test_time_to_first_preview_is_not_one_event_late(endpoint, tmp_path, framing):
    """A preview is stamped when it arrives, not when the next one pushes it through a buffer."""
    script = replace(endpoint.script, first_seconds=0.2, cadence_seconds=0.4)
    if framing == "until close":
        script = replace(script, is_chunked=False)
    if framing == "carriage returns":
        script = replace(script, events=tuple(event.replace(b"\n", b"\r") for event in script.events))
    endpoint.script = script
    row = visit(tmp_path, endpoint.origin, ["/stream"])["/stream"]
    assert row.outcome is Outcome.COMPLETE
    assert script.first_seconds <= FIRST_PREVIEW.of(row)[0] < script.first_seconds + script.cadence_seconds / 2
    assert script.final_seconds <= TIME_TO_FINAL.of(row)[0] < script.final_seconds + script.cadence_seconds / 2
    assert LONGEST_GAP.of(row)[0] == pytest.approx(script.cadence_seconds, abs=script.cadence_seconds / 2)


@pytest.mark.slow
def test_every_failure_is_told_apart(endpoint, tmp_path):
    """Each way in which a stream can fail has a kind of its own, and Locust's table shows it."""
    right = endpoint.script
    picture = right.events[0]
    bends = {
        "/right": (right, Outcome.COMPLETE),
        "/status": (
            replace(right, head=b"HTTP/1.1 503 Busy\r\nx-fal-error-type: runner_disconnected\r\n"),
            Outcome.HTTP_STATUS,
        ),
        "/redirect": (
            replace(right, head=b"HTTP/1.1 307 Moved\r\nlocation: /right\r\n"),
            Outcome.HTTP_STATUS,
        ),
        "/json": (
            replace(right, head=b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"),
            Outcome.WRONG_CONTENT_TYPE,
        ),
        "/error": (replace(right, events=(picture, b'data: {"error": "out of memory"}\n\n')), Outcome.ERROR_EVENT),
        "/torn": (replace(right, is_torn=True), Outcome.TRUNCATED),
        "/no-head": (replace(right, head=None), Outcome.TRUNCATED),
        "/no-picture": (replace(right, events=(b'data: {"step": 1}\n\n',)), Outcome.NO_FINAL),
        "/done": (replace(right, events=(picture, b"data: [DONE]\n\n")), Outcome.MALFORMED),
        "/huge": (replace(right, events=(b"data: " + b"A" * 2_000_000,)), Outcome.MALFORMED),
        "/not-http": (replace(right, head=b"SSH-2.0-OpenSSH_9.6\r\n"), Outcome.MALFORMED),
        "/stalled": (replace(right, silence_seconds=3.0), Outcome.STALLED),
        "/silent": (replace(right, first_seconds=3.0), Outcome.TIMED_OUT),
        "/unfinished": (
            replace(right, events=(picture_event(step=1, total_steps=8), picture_event(step=5, total_steps=8))),
            Outcome.NO_FINAL,
        ),
        "/late-head": (replace(right, head_seconds=3.0), Outcome.TIMED_OUT),
        "/left-early": (right, Outcome.LEFT),
    }
    endpoint.by_path = {path: script for path, (script, _) in bends.items()}
    rows = visit(tmp_path, endpoint.origin, list(bends), wait_seconds=1)
    assert {path: row.outcome for path, row in rows.items()} == {path: outcome for path, (_, outcome) in bends.items()}
    assert rows["/status"].detail == "503 runner_disconnected"
    assert rows["/json"].detail == "Content-Type is 'application/json', expected 'text/event-stream'"
    assert rows["/error"].detail == "out of memory"
    table = (tmp_path / "run.log").read_text()
    assert "/right first preview" in table
    assert "/right longest gap" in table
    assert "/right final" in table
    assert "error event: out of memory" in table


@pytest.mark.slow
def test_nothing_listening_is_unreachable_and_is_not_hammered(closed_origin, tmp_path):
    """An endpoint that refuses at once is asked about once a second, not as fast as a loop can turn."""
    rows = run_locust(tmp_path, closed_origin, scenario_path("steady"), run_seconds=2).rows
    assert {row.outcome for row in rows} == {Outcome.UNREACHABLE}
    assert {row.detail for row in rows} == {"connection refused"}
    assert len(rows) <= 4


def test_steady_users_generate_back_to_back_and_drain(endpoint, tmp_path):
    """Each user starts a stream as it ends one, and streams in flight at the end of the run may finish."""
    payload = '{"prompt":"a kite"}'
    run = run_locust(tmp_path, endpoint.origin, scenario_path("steady"), users=3, payload=payload)
    assert {row.outcome for row in run.rows} == {Outcome.COMPLETE}
    first_ns = min(row.sent_ns for row in run.rows)
    assert max(row.sent_ns for row in run.rows) - first_ns < (run.fingerprint.run_seconds + 0.5) * 1e9
    # Each user could make six or seven; a busy machine makes fewer, but never as few as one.
    assert 3 < len(run.rows) <= 3 * 8
    assert {json.loads(body)["prompt"] for body in endpoint.bodies} == {"a kite"}


def test_the_key_stays_here(endpoint, tmp_path, monkeypatch):
    """FAL_KEY is not sent to a host that is not fal's, and neither the run file nor the log holds it."""
    monkeypatch.setenv("FAL_KEY", "0123-4567:89abcdef")
    echo = b'data: {"error": "bad key 0123-4567:89abcdef"}\n\n'
    endpoint.script = replace(endpoint.script, events=(echo,))
    run = run_locust(tmp_path, endpoint.origin, scenario_path("steady"))
    assert not any(b"authorization" in head.lower() for head in endpoint.heads)
    assert {row.detail for row in run.rows} == {"bad key [redacted]"}
    assert "89abcdef" not in (tmp_path / "run.jsonl").read_text() + (tmp_path / "run.log").read_text()


def test_a_fal_host_gets_the_key(endpoint, tmp_path, monkeypatch):
    """Over TLS, a host under fal.run is sent the key, once a request, and nothing of it is kept."""
    serve_tls(endpoint, "app.fal.run", tmp_path, monkeypatch)
    monkeypatch.setenv("FAL_KEY", "0123-4567:89abcdef")
    origin = endpoint.origin.replace("http://127.0.0.1", "https://app.fal.run")
    run = run_locust(tmp_path, origin, LOCUSTFILES / "names_at_home.py")
    assert {row.outcome for row in run.rows} == {Outcome.COMPLETE}
    assert {head.count(b"Authorization: Key 0123-4567:89abcdef\r\n") for head in endpoint.heads} == {1}
    assert "89abcdef" not in (tmp_path / "run.jsonl").read_text() + (tmp_path / "run.log").read_text()


@pytest.mark.parametrize("is_trusted", [True, False])
def test_certificates_are_verified(endpoint, tmp_path, monkeypatch, is_trusted):
    """A key is not handed to whoever answers: only a trusted certificate gets a request."""
    serve_tls(endpoint, "localhost", tmp_path, monkeypatch)
    if not is_trusted:
        monkeypatch.delenv("SSL_CERT_FILE")
    origin = endpoint.origin.replace("http://127.0.0.1", "https://localhost")
    row = visit(tmp_path, origin, ["/stream"])["/stream"]
    assert row.outcome is (Outcome.COMPLETE if is_trusted else Outcome.UNREACHABLE)
    assert row.detail.startswith("" if is_trusted else "TLS certificate refused")
    assert len(endpoint.heads) == int(is_trusted)
