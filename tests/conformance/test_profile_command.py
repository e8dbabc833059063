"""Profiles and schemas from the command line: how a key is sent, how a stream is asked for, what --schema says."""

import json
from pathlib import Path

import pytest

from conformance.samples import event, final, preview
from tests.conformance.command_line import run_here
from tests.conformance.conftest import SSE_HEAD, ScriptedServer, ServeScripts, Step, chunked
from tests.conformance.good_server import NOT_ALLOWED, REFUSED, serve_good
from tests.conformance.profile_streams import GOOD

KEY = "r8-0123456789abcdef"
UNAUTHORIZED = [b'HTTP/1.1 401 U\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"detail": ""}']
STEPS = {"anyOf": [{"required": ["final"]}, {"properties": {"step": {"type": "integer"}}}]}


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", KEY)


def serve_replicate(serve: ServeScripts) -> ScriptedServer:
    pieces = [chunk.data for chunk in GOOD["replicate"]()[0].chunks]
    steps: list[Step] = [SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"]
    for piece in pieces:
        steps += [0.15, *chunked(piece, end=False)]
    return serve([*steps, b"0\r\n\r\n"], UNAUTHORIZED)


def test_a_stream_that_is_read_with_get_is_asked_for_so(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str]
) -> None:
    """No body, the profile's kind of key, and no probe that would need a body."""
    server = serve_replicate(serve)
    code, out, _ = run_here(capsys, "check", server.url, "--profile", "replicate", "--key-from", "THE_KEY", "-v")
    asked = server.requests[0].decode().lower()
    assert (code, len(server.requests)) == (0, 2)
    assert asked.startswith("get /stream http/1.1\r\n")
    assert f"authorization: bearer {KEY}".lower() in asked
    assert "content-type" not in asked
    assert "authorization" not in server.requests[1].decode().lower()
    assert "with GET" in " ".join(out.split())


def test_a_key_of_the_profile_s_header_is_never_stored(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Another header than Authorization is masked as well, and left out by the probe without credentials."""
    profile = tmp_path / "mine.toml"
    profile.write_text('extends = "fal-image"\n[auth]\nscheme = ""\nheader = "X-Api-Key"\n')
    server = serve_good(serve)
    args = ("--profile", str(profile), "--key-from", "THE_KEY", "--save", str(tmp_path / "run"))
    run_here(capsys, "check", server.url, *args)
    sent = [request.decode().lower() for request in server.requests]
    assert f"\r\nx-api-key: {KEY}\r\n" in sent[0]
    assert len([request for request in sent if KEY not in request]) == 1
    saved = "".join(file.read_text() for file in (tmp_path / "run").iterdir())
    assert KEY not in saved


def test_a_required_key_that_is_missing_is_bad_usage(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Nothing is sent."""
    profile = tmp_path / "mine.toml"
    profile.write_text('extends = "fal-image"\nauth.required = true\n')
    server = serve_good(serve)
    code, _, err = run_here(capsys, "check", server.url, "--profile", str(profile))
    assert (code, server.requests) == (2, [])
    assert "a key is required: name the variable that holds it, --key-from VARIABLE" in err


def test_a_profile_without_keys_refuses_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """It would go nowhere."""
    profile = tmp_path / "mine.toml"
    profile.write_text('auth.scheme = "none"\n')
    args = ("--profile", str(profile), "--key-from", "THE_KEY")
    code, _, err = run_here(capsys, "check", "http://127.0.0.1:1/s", *args)
    assert (code, err) == (
        2,
        'Error: --key-from names a key, and the profile sends none: its [auth] says scheme = "none"\n',
    )


def test_every_event_is_compared_with_the_schema(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """J05 warns and names the event and the place; with --strict it fails."""
    file = tmp_path / "event.json"
    file.write_text(json.dumps(STEPS))
    broken = [event(preview(1)), event({**preview(2), "step": "two"}), event(final())]
    script = [SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(*broken)]
    judged = []
    for strict in ((), ("--strict", "--select", "J05")):
        server = serve(script, REFUSED, REFUSED, NOT_ALLOWED)
        judged.append(run_here(capsys, "check", server.url, "--schema", str(file), *strict))
    assert [code for code, _, _ in judged] == [0, 1]
    assert 'in event 1, at $.step: "two" was read, expected type "integer"' in " ".join(judged[0][1].split())


def test_a_schema_within_a_document_is_chosen_by_its_pointer(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """As fal's own documents need it."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"Event": STEPS}}}))
    server = serve_good(serve)
    code, out, _ = run_here(capsys, "check", server.url, "--schema", f"{file}#/components/schemas/Event", "-v")
    assert (code, "✓ J05" in out) == (0, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "nothing"}', "at $.type"),
        ("openapi: 3.1.0", "is not a JSON Schema, or an OpenAPI document as JSON"),
        ('{"openapi": "3.1.0", "paths": {}}', "declares no schema for a text/event-stream response"),
        ('{"$ref": "https://example.com/s.json"}', "leads nowhere within it, and nothing is fetched"),
    ],
)
def test_a_bad_schema_is_bad_usage(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, said: str
) -> None:
    """One line, exit 2, and nothing is sent."""
    file = tmp_path / "schema.json"
    file.write_text(text)
    server = serve_good(serve)
    code, out, err = run_here(capsys, "check", server.url, "--schema", str(file))
    assert (code, out, server.requests) == (2, "", [])
    assert err.startswith(f"Error: the schema '{file}'")
    assert said in err
