"""What may stand for an endpoint, who names it, and what is said where there is none."""

import socket

import pytest

from tests.conformance.conftest import ServeScripts
from tests.conformance.good_server import serve_good
from tests.conformance.pytest_plugin.conftest import FIXTURE, RunOwnSuite, generations, write_ini

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow

_GATE = "import pytest\n\n@pytest.mark.stream_rule('S')\ndef test_gate(): ...\n\ndef test_of_something_else(): ...\n"


def _returning(expression: str, *imports: str) -> str:
    head = "\n".join(["import pytest", *imports])
    return f"{head}\n\n@pytest.fixture\ndef stream_endpoint():\n    return {expression}\n"


def test_a_url_from_the_ini_file(serve: ServeScripts, run_own_suite: RunOwnSuite, pytester: pytest.Pytester) -> None:
    """Paths there are relative to that file, wherever pytest is started."""
    server = serve_good(serve)
    headers = ("stream_header =", "    X-One: 1", "    X-Two: 2")
    write_ini(pytester, f"stream_endpoint = {server.url}", "stream_payload = @payload.json", *headers)
    pytester.path.joinpath("payload.json").write_text('{"prompt": "a cat"}')
    inner = pytester.mkdir("inner")
    inner.joinpath("test_mine.py").write_text(_GATE)
    pytester._monkeypatch.chdir(inner)
    result = run_own_suite("test_mine.py")
    assert result.parseoutcomes() == {"passed": 2}
    assert b'{"prompt": "a cat"}' in server.requests[0]
    assert b"x-two: 2" in server.requests[0].lower()


def test_the_command_line_wins(serve: ServeScripts, run_own_suite: RunOwnSuite, pytester: pytest.Pytester) -> None:
    """The tests of an app gate its deployment too: `--endpoint URL` is asked, and the app is not started."""
    server = serve_good(serve)
    result = run_own_suite("--endpoint", server.url, conftest=FIXTURE, test_mine=_GATE)
    assert (result.ret, len(server.requests), generations(pytester)) == (0, 5, [])


def test_an_asgi_app_has_its_stream_where_one_says(run_own_suite: RunOwnSuite, pytester: pytest.Pytester) -> None:
    """Another route of the app, by option; a closure is an app as well as an object is."""
    app = "lambda scope, receive, send: App()(scope, receive, send)"
    args = ("--stream-path", "/draw", "--stream-payload", '{"prompt": "a cat"}')
    result = run_own_suite(*args, conftest=_returning(app, "from my_app import App"), test_mine=_GATE)
    assert (result.ret, generations(pytester)) == (0, ['/draw {"prompt": "a cat"}'])


def test_a_fal_app_is_served_as_its_runner_does(run_own_suite: RunOwnSuite, pytester: pytest.Pytester) -> None:
    """`setup()` runs before the first request, `handle_exit()` and `teardown()` after the last, each once."""
    pytest.importorskip("fal")
    app = """
        from pathlib import Path

        import fal
        from fastapi import Request
        from fastapi.responses import StreamingResponse
        from pydantic import BaseModel

        from conformance.samples import good_events

        class Input(BaseModel):
            prompt: str

        def note(word):
            with Path(__file__).with_name("notes.txt").open("a") as notes:
                print(word, file=notes)

        class Painter(fal.App):
            def setup(self):
                note("setup")

            def handle_exit(self):
                note("handle_exit")

            def teardown(self):
                note("teardown")

            @fal.endpoint("/stream")
            def stream(self, body: Input) -> StreamingResponse:
                note(body.prompt)
                head = {"Cache-Control": "no-cache"}
                return StreamingResponse(iter(good_events()), media_type="text/event-stream", headers=head)
    """
    fixture = _returning("Painter", "from painter import Painter")
    result = run_own_suite(
        "--stream-payload", '{"prompt": "a cat"}', alone=True, painter=app, conftest=fixture, test_mine=_GATE
    )
    assert result.parseoutcomes() == {"passed": 2}
    assert (pytester.path / "notes.txt").read_text().split("\n")[:4] == ["setup", "a cat", "handle_exit", "teardown"]


@pytest.mark.parametrize(
    ("expression", "read"),
    [
        ("None", "None"),
        ("8000", "8000"),
        ("lambda environ, start_response: []", "<function stream_endpoint.<locals>.<lambda>"),
        ("type('Server', (), {})", "the class Server"),
        ("'nonsense'", "'nonsense' is not an endpoint: give an http(s) URL"),
    ],
)
def test_what_is_no_endpoint_is_named(run_own_suite: RunOwnSuite, expression: str, read: str) -> None:
    """What the fixture returned, and what it may return; the other tests run."""
    result = run_own_suite(conftest=_returning(expression), test_mine=_GATE)
    assert result.parseoutcomes() == {"passed": 1, "errors": 1}
    assert read in result.stdout.str()
    assert "fal id such as owner/app" in result.stdout.str()


def test_nobody_named_an_endpoint(run_own_suite: RunOwnSuite) -> None:
    """The three ways to name one are told, and the run is not green."""
    result = run_own_suite(test_mine=_GATE)
    assert result.parseoutcomes() == {"passed": 1, "errors": 1}
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*--endpoint URL, or stream_endpoint in pytest's ini file, or a fixture*"])


def test_without_uvicorn_it_is_said_what_to_install(run_own_suite: RunOwnSuite) -> None:
    """The light install has no server."""
    hidden = f"import sys\nsys.modules['uvicorn'] = None\n{FIXTURE}"
    result = run_own_suite(alone=True, conftest=hidden, test_mine=_GATE)
    assert result.parseoutcomes() == {"passed": 1, "errors": 1}
    result.stdout.fnmatch_lines(["*uvicorn, which is not installed: python -m pip install uvicorn; or start the app*"])


def test_an_app_that_does_not_start_is_tried_once(run_own_suite: RunOwnSuite) -> None:
    """Its own error is shown, and loading a model in vain is not repeated for every test."""
    broken = """
        import pytest

        async def app(scope, receive, send):
            await receive()
            print("loading the model")
            await send({"type": "lifespan.startup.failed", "message": "no such checkpoint"})

        @pytest.fixture
        def stream_endpoint():
            return app
    """
    tests = _GATE + "\n\ndef test_other(transcript): ..."
    result = run_own_suite(conftest=broken, test_mine=tests)
    assert (result.ret, result.parseoutcomes()) == (3, {"passed": 1, "errors": 2})
    assert "the app could not be started: its own error is in the log" in result.stdout.str()
    assert result.stdout.str().count("no such checkpoint") == 1
    assert result.stdout.str().count("loading the model") == 1


def test_an_unreachable_endpoint_fails_its_tests_alone(run_own_suite: RunOwnSuite) -> None:
    """Tests of something else run; nothing was judged, so the exit code is 3."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    fixture = _returning(f"'http://127.0.0.1:{port}/stream'")
    result = run_own_suite(conftest=fixture, test_mine=_GATE)
    assert (result.ret, result.parseoutcomes()) == (3, {"passed": 1, "errors": 1})
    result.stdout.fnmatch_lines(["nothing could be judged: no connection: Connection refused*"])


def test_transcripts_are_kept(run_own_suite: RunOwnSuite, pytester: pytest.Pytester) -> None:
    """In a folder for each endpoint that a fixture gave."""
    run_own_suite("--stream-save", "evidence", conftest=FIXTURE, test_mine=_GATE)
    kept = sorted(str(file.relative_to(pytester.path)) for file in pytester.path.glob("evidence/**/generation*.jsonl"))
    assert kept == ["evidence/stream_endpoint/generation.jsonl"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("stream_depth = deep", "stream_depth is 'deep', expected quick or full"),
        ("stream_repeat = many", "--stream-repeat is 'many', expected a whole number from 1 to 50"),
        ("stream_path = stream", "--stream-path is 'stream', expected a path that begins with '/'"),
        ("stream_profile = nope", "unknown profile 'nope': use fal"),
        ("stream_known_failures = none.toml", "none.toml' cannot be read: No such file"),
    ],
)
def test_a_wrong_option_in_the_ini_file_is_said(
    run_own_suite: RunOwnSuite, pytester: pytest.Pytester, line: str, said: str
) -> None:
    """What was read against what was expected, before anything is spent."""
    write_ini(pytester, line)
    result = run_own_suite(conftest=FIXTURE, test_mine=_GATE)
    assert result.parseoutcomes() == {"passed": 1, "errors": 1}
    assert said in result.stdout.str()
    assert generations(pytester) == []
