"""The suite as pytest sees it: one item a rule, levels as marks, SHOULD as warnings, pytest's own exit codes."""

import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.archive import write_transcript_file
from conformance.catalogue import Level, load_catalogue
from conformance.judging.evaluation import evaluate
from conformance.judging.rule_set import RuleSet
from conformance.profiles.profile import Profile
from conformance.pytest_plugin.gate import judge_rules
from conformance.samples import event, final, good_events, preview, stream
from tests.conformance.conftest import SSE_HEAD, ServeScripts, chunked
from tests.conformance.good_server import NOT_ALLOWED, REFUSED, serve_good
from tests.conformance.picture_server import answer, serving_pictures

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def run_suite(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """Run the suite as a stranger would, in a process and a folder of its own."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    plugin = ["-p", "conformance.pytest_plugin"] if not _is_installed() else []
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        *plugin,
        "--pyargs",
        "conformance.suite",
        *args,
    ]
    pytester._monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return pytester.run(*command, timeout=60)


def _is_installed() -> bool:
    from importlib.metadata import entry_points

    return any(entry.name == "fal_stream_conformance" for entry in entry_points(group="pytest11"))


def test_each_rule_is_an_item(serve: ServeScripts, pytester: pytest.Pytester) -> None:
    """A good endpoint: as many items as rules, none fails, and one generation is spent."""
    server = serve_good(serve)
    result = run_suite(pytester, "--endpoint", server.url, "-v")
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] + outcomes["skipped"] == len(load_catalogue().rules)
    assert (result.ret, len(server.requests)) == (0, 5)
    result.stdout.fnmatch_lines(["*test_endpoint.py::test_rule[[]S03-unterminated-event[]] PASSED*"])


def test_the_folder_can_be_named_in_a_checkout(serve: ServeScripts, pytester: pytest.Pytester) -> None:
    """`pytest conformance --endpoint URL` needs none of this project's own test settings."""
    plugin = ["-p", "conformance.pytest_plugin"] if not _is_installed() else []
    pytester._monkeypatch.chdir(ROOT)
    args = ("conformance", "--endpoint", serve_good(serve).url, "--stream-select", "S")
    result = pytester.run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *plugin, *args, timeout=60)
    assert result.ret == 0


def test_a_failed_must_is_a_failure_with_its_bytes(serve: ServeScripts, pytester: pytest.Pytester) -> None:
    """The failure shows the rule, the offset and the fix, and no traceback of ours."""
    broken = [SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(event(preview()), event(final())[:-1])]
    result = run_suite(pytester, "--endpoint", serve(broken, REFUSED, REFUSED, NOT_ALLOWED).url)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*MUST S03 unterminated-event*", "*byte*", "*Fix*"])
    assert "pytest_plugin.py" not in result.stdout.str()


def test_a_failed_should_is_a_warning(serve: ServeScripts, pytester: pytest.Pytester) -> None:
    """A SHOULD does not fail the run, unless --stream-strict."""
    bare = [SSE_HEAD.replace(b"Cache-Control: no-cache\r\n", b"") + b"Transfer-Encoding: chunked\r\n\r\n"]
    script = [*bare, *chunked(event(preview()), event(final()))]
    args = ("--endpoint", serve(script, REFUSED, REFUSED, NOT_ALLOWED).url, "--stream-select", "H09,H01")
    relaxed = run_suite(pytester, *args)
    strict = run_suite(pytester, *args, "--stream-strict")
    assert (relaxed.ret, strict.ret) == (0, 1)
    relaxed.stdout.fnmatch_lines(["*StreamWarning: SHOULD H09*"])


def test_levels_are_marks(serve: ServeScripts, pytester: pytest.Pytester) -> None:
    """-m must leaves the MUST rules."""
    result = run_suite(pytester, "--endpoint", serve_good(serve).url, "-m", "must")
    musts = [rule for rule in load_catalogue().rules.values() if rule.level is Level.MUST]
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] + outcomes.get("skipped", 0) == len(musts)


def test_pictures_are_fetched_and_a_baseline_is_read(pytester: pytest.Pytester, tmp_path: Path) -> None:
    """A missing picture and a slower stream are warnings, each under its rule."""
    for number in range(5):
        before = stream(*good_events(), first_ms=20 + number, every_ms=20, http_version="HTTP/1.0")
        write_transcript_file(tmp_path / f"{number}.jsonl", before)
    with serving_pictures("1.jpg", "final.jpg", give=lambda handler: answer(handler, 404, b"")) as server:
        options = ["--stream-payload", '{"prompt": "a red disc"}', "--stream-repeat", "5", "--stream-select", "I08,C09"]
        asked = ["--stream-fetch-results", "--stream-baseline", str(tmp_path)]
        result = run_suite(pytester, "--endpoint", server.url, *options, *asked)
    result.assert_outcomes(passed=2, warnings=2)
    result.stdout.fnmatch_lines(["*SHOULD I08 unfetchable-picture:*", "*SHOULD C09 slower-than-baseline:*"])


def test_an_unreachable_endpoint_is_exit_3(pytester: pytest.Pytester) -> None:
    """Nothing was judged, and the run says so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = run_suite(pytester, "--endpoint", f"http://127.0.0.1:{port}/stream")
    assert result.ret == 3
    result.stdout.fnmatch_lines(["*nothing could be judged: no connection: Connection refused*"])


def test_known_failures_are_expected_failures(serve: ServeScripts, pytester: pytest.Pytester) -> None:
    """A listed rule that fails is an xfail with its reason, and a warning when its time runs out."""
    today = datetime.now(UTC).date()
    pytester.path.joinpath("known.toml").write_text(f'[S03]\nreason = "fixing"\nowner = "us"\nexpires = {today}')
    broken = [SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(event(preview()), event(final())[:-1])]
    args = ("--stream-known-failures", "known.toml", "--stream-select", "S03")
    result = run_suite(pytester, "--endpoint", serve(broken, REFUSED, REFUSED, NOT_ALLOWED).url, *args)
    assert (result.ret, result.parseoutcomes()) == (0, {"xfailed": 1, "warnings": 1})
    result.stdout.fnmatch_lines([f"*known failure S03: excused for today only, until {today} (us: fixing)"])


def test_expired_known_failures_fail(serve: ServeScripts, pytester: pytest.Pytester) -> None:
    """A listed rule that fails after its last day is a failure that says so."""
    pytester.path.joinpath("known.toml").write_text('[S03]\nreason = "fixing"\nowner = "us"\nexpires = 2020-02-29')
    broken = [SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(event(preview()), event(final())[:-1])]
    args = ("--stream-known-failures", "known.toml", "--stream-select", "S03")
    result = run_suite(pytester, "--endpoint", serve(broken, REFUSED, REFUSED, NOT_ALLOWED).url, *args)
    assert (result.ret, result.parseoutcomes()) == (1, {"failed": 1})
    result.stdout.fnmatch_lines(
        ["*Known *its excuse ended on 2020-02-29: mend it, or agree on a new day (us: fixing)*"]
    )


def test_rules_newer_than_the_set_are_skipped() -> None:
    """A rule that is not in the frozen set says so and fails nothing."""
    torn = stream(event(preview()), event(final())[:-1])
    report = evaluate([torn], Profile(name="x"), rule_set=RuleSet(name="2026.1", rules={}))
    with pytest.raises(pytest.skip.Exception, match=r"unscored: newer than 2026\.1"):
        judge_rules(report, {"S03"})


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "name the endpoint to check: --endpoint URL"),
        (["--endpoint", "nonsense"], "'nonsense' is not an endpoint"),
        (["--endpoint", "http://127.0.0.1:1/s", "--stream-profile", "nope"], "unknown profile 'nope'"),
        (["--endpoint", "http://127.0.0.1:1/s", "--stream-payload", "{"], "the payload is not JSON"),
        (["--endpoint", "http://127.0.0.1:1/s", "--stream-schema", "/no"], "the schema '/no' cannot be read"),
        (["--endpoint", "http://127.0.0.1:1/s", "--stream-rules", "1"], "unknown rule set '1': use latest, 2026.1"),
    ],
)
def test_bad_usage_is_said(pytester: pytest.Pytester, args: list[str], said: str) -> None:
    """A wrong option ends the run with a clear line."""
    result = run_suite(pytester, *args)
    assert result.ret == 2
    assert said in result.stdout.str() + result.stderr.str()


def test_the_plugin_costs_a_plain_run_nothing(pytester: pytest.Pytester) -> None:
    """Where no endpoint is named, neither httpx nor a rule is imported."""
    pytester.makepyfile(
        """
        import sys

        def test_nothing_heavy():
            heavy = {"httpx", "httpcore", "rich", "conformance.catalogue"}
            assert heavy & set(sys.modules) == set()
        """
    )
    pytester._monkeypatch.setenv("PYTHONPATH", str(ROOT))
    plugin = ["-p", "conformance.pytest_plugin"] if not _is_installed() else []
    plain = ("-p", "no:cacheprovider", "-p", "no:schemathesis")
    assert pytester.run(sys.executable, "-m", "pytest", *plain, *plugin, timeout=60).ret == 0
