"""The command line: one clear line for every mistake, the documented exit codes, nothing lost."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from conformance.archive import read_transcript_file, write_transcript_file
from conformance.samples import event, final, good_events, preview, stream
from tests.conformance.command_line import run_here
from tests.conformance.conftest import SSE_HEAD, ServeScripts, Stall, chunked
from tests.conformance.good_server import NOT_ALLOWED, REFUSED, good_stream, serve_good
from tests.conformance.picture_server import answer, jpeg, serving_pictures
from tests.conformance.recorders.one_recording import KEY, server_context


def test_a_good_endpoint_holds(serve: ServeScripts, capsys: pytest.CaptureFixture[str]) -> None:
    """Every MUST holds, no SHOULD warns, and the exit code is 0."""
    code, out, _ = run_here(capsys, "check", serve_good(serve).url, "--verbose")
    assert (code, re.findall(r"^[✗!] .*$", out, re.MULTILINE)) == (0, [])


def test_a_bad_endpoint_falls_short(serve: ServeScripts, capsys: pytest.CaptureFixture[str]) -> None:
    """A final event without its blank line is named, with its bytes, and the exit code is 1."""
    broken = [SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(event(preview()), event(final())[:-1])]
    server = serve(broken, REFUSED, REFUSED, NOT_ALLOWED)
    code, out, _ = run_here(capsys, "check", server.url)
    assert code == 1
    assert "MUST S03 unterminated-event" in out
    assert f"curl -N -X POST {server.url}" in out or f"{server.url}" in out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["check", "not a url"], "'not a url' is not an endpoint"),
        (["check", "ftp://127.0.0.1/stream"], "'ftp://127.0.0.1/stream' is not an endpoint"),
        (["check", "http://127.0.0.1:99999/stream"], "is not an endpoint"),
        (
            ["check", "http://127.0.0.1:1/s", "--profile", "nope"],
            "unknown profile 'nope': use fal, fal-3d, fal-distributed",
        ),
        (["check", "http://127.0.0.1:1/s", "--payload", "@/no/such"], "'/no/such' cannot be read: No such file"),
        (["check", "http://127.0.0.1:1/s", "--payload", "{oops"], "the payload is not JSON"),
        (["check", "http://127.0.0.1:1/s", "--payload", "[1]"], "the payload is not a JSON object"),
        (["check", "http://127.0.0.1:1/s", "--header", "nonsense"], "--header is not of the form 'Name: value'"),
        (["check", "http://127.0.0.1:1/s", "--key-from", "NO_SUCH"], "'NO_SUCH' named by --key-from is not set"),
        (["check", "http://127.0.0.1:1/s", "--select", "S99"], "there is no rule 'S99'; did you mean"),
        (["check", "http://127.0.0.1:1/s", "--known-failures", "/no"], "the list of known failures '/no' cannot be"),
        (["check", "http://127.0.0.1:1/s", "--report", "yaml=x"], "expected FORMAT=PATH with one of"),
        (["check", "http://127.0.0.1:1/s", "--ca", "/no/ca"], "the file of certificate authorities '/no/ca' cannot"),
        (["check", "http://127.0.0.1:1/s", "--fetch-from", "a.example"], "needs --fetch-results"),
        (["check", "http://127.0.0.1:1/s", "--fetch-results", "--fetch-from", "http://a/"], "expected a host such as"),
        (["check", "http://127.0.0.1:1/s", "--baseline", "/no/such"], "the transcript '/no/such' cannot be read"),
        (
            ["check", "http://127.0.0.1:1/s", "--cancel-url", "http://a/"],
            "the cancel URL is 'http://a/', expected a route",
        ),
        (["judge", "/no/such.jsonl"], "the transcript '/no/such.jsonl' cannot be read"),
        (["explain", "Z1"], "there is no rule 'Z1'"),
        (["check"], "Missing argument 'ENDPOINT'"),
    ],
)
def test_bad_usage_is_one_clear_line_and_exit_2(capsys: pytest.CaptureFixture[str], args: list[str], said: str) -> None:
    """What is wrong is said in one line, nothing is sent, and the exit code is 2."""
    code, out, err = run_here(capsys, *args)
    assert (code, out) == (2, "")
    assert said in err
    assert len([line for line in err.splitlines() if line.startswith("Error:")]) == 1


def test_a_payload_file_that_is_not_json_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The file and the position are in the line."""
    file = tmp_path / "payload.json"
    file.write_text('{"prompt": NaN}')
    code, _, err = run_here(capsys, "check", "http://127.0.0.1:1/s", "--payload", f"@{file}")
    assert (code, err) == (2, f"Error: the payload file '{file}' is not JSON: NaN is not JSON (at character 11)\n")


def test_a_refused_connection_is_exit_3(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody listens: nothing is judged, and the line says why."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    code, out, _ = run_here(capsys, "check", f"http://127.0.0.1:{port}/stream")
    assert code == 3
    assert "no connection: Connection refused" in out.splitlines()[0]


def test_an_untrusted_certificate_is_exit_3(serve: ServeScripts, capsys: pytest.CaptureFixture[str]) -> None:
    """A TLS failure is told from a refused connection."""
    server = serve(good_stream(), tls=server_context(trustme.CA()))
    code, out, _ = run_here(capsys, "check", server.url)
    assert code == 3
    assert "the certificate is not trusted" in " ".join(out.split())


def test_a_404_is_exit_1(serve: ServeScripts, capsys: pytest.CaptureFixture[str]) -> None:
    """There is an endpoint, and it is not right: H01 says so, once."""
    server = serve(
        [b'HTTP/1.1 404 N\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{"detail": "Not Found"}']
    )
    code, out, _ = run_here(capsys, "check", server.url)
    assert code == 1
    assert re.findall(r"✗ (MUST \w+)", out) == ["MUST H01"]


def test_nothing_that_answers_never_is_green(serve: ServeScripts, capsys: pytest.CaptureFixture[str]) -> None:
    """An endpoint that accepts and says nothing falls short."""
    code, _, _ = run_here(capsys, "check", serve([Stall]).url, "--max-silence", "0.3")
    assert code == 1


def test_a_dry_run_sends_nothing(serve: ServeScripts, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan and its cost are printed, and no connection is made."""
    server = serve(good_stream())
    code, out, _ = run_here(capsys, "check", server.url, "--dry-run", "--repeat", "3")
    assert (code, server.requests) == (0, [])
    assert "At most 3 generation(s), 7 request(s)." in out


def test_a_dry_run_says_how_many_pictures_may_be_fetched(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fetches are counted beside the requests, since how many there are is up to the endpoint."""
    code, out, _ = run_here(capsys, "check", serve(good_stream()).url, "--dry-run", "--fetch-results")
    assert code == 0
    assert "request(s) and 64 fetch(es) of pictures." in out


def test_fetched_pictures_are_kept_and_judged_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A picture that is not there is found while checking and again offline, from what was saved."""
    save = ["--save", str(tmp_path)]
    with serving_pictures("1.jpg", "final.jpg") as server:
        server.give = lambda handler: answer(handler, 404, b"") if handler.path == "/final.jpg" else jpeg(handler)
        payload = ["--payload", '{"prompt": "a red disc"}']
        _, online, _ = run_here(capsys, "check", server.url, *payload, "--fetch-results", "--select", "I08", *save)
        said = f"images[0].url is answered with 404, expected 200 ({server.origin}/final.jpg)"
    files = sorted(str(file) for file in tmp_path.iterdir())
    names = [Path(file).name for file in files]
    assert [name for name in names if "picture" in name] == ["picture_fetch-2.jsonl", "picture_fetch.jsonl"]
    _, offline, _ = run_here(capsys, "judge", *files, "--select", "I08")
    for out in (online, offline):
        assert "SHOULD I08 unfetchable-picture" in out
        assert said.replace(" ", "") in re.sub(r"\s", "", out)


def test_a_run_is_compared_with_a_saved_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The folder of an earlier check is a baseline: half as fast is told, on the command line and offline."""
    options = ["--payload", '{"prompt": "a red disc"}', "--repeat", "5", "--select", "C09"]
    with serving_pictures("1.jpg", "final.jpg", pause_seconds=0.08) as server:
        run_here(capsys, "check", server.url, *options, "--save", str(tmp_path / "before"))
        server.pause_seconds = 0.2
        saved = ["--baseline", str(tmp_path / "before"), "--save", str(tmp_path / "now")]
        _, online, _ = run_here(capsys, "check", server.url, *options, *saved)
    files = sorted(str(file) for file in (tmp_path / "now").iterdir())
    _, offline, _ = run_here(capsys, "judge", *files, "--select", "C09", "--baseline", str(tmp_path / "before"))
    assert ["SHOULD C09 slower-than-baseline" in out for out in (online, offline)] == [True, True]


def test_quick_spends_one_generation(serve: ServeScripts, capsys: pytest.CaptureFixture[str]) -> None:
    """One valid request with the profile's payload, and requests that every app refuses."""
    server = serve_good(serve)
    run_here(capsys, "check", server.url)
    bodies = [request.partition(b"\r\n\r\n")[2] for request in server.requests]
    assert bodies.count(b'{"prompt": "a red circle on a blue background"}') == 1
    assert len(bodies) == 5


def test_judging_saved_transcripts_gives_the_same_results(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What was saved is enough: offline, each rule has the same verdict."""
    reports = [tmp_path / "online.json", tmp_path / "offline.json"]
    run_here(capsys, "check", serve_good(serve).url, "--save", str(tmp_path / "run"), "--report", f"json={reports[0]}")
    files = sorted(str(file) for file in (tmp_path / "run").iterdir())
    run_here(capsys, "judge", *files, "--report", f"json={reports[1]}")
    online, offline = ({r["rule"]: r["verdict"] for r in json.loads(p.read_text())["results"]} for p in reports)
    assert offline == online


def test_a_key_is_in_no_output_and_no_file(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that is sent, and echoed by the endpoint, reaches neither terminal nor disk."""
    monkeypatch.setenv("MY_KEY", KEY)
    echo = event({**final(), "echo": KEY})
    server = serve([SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(echo)], REFUSED, NOT_ALLOWED)
    args = ("--key-from", "MY_KEY", "--save", str(tmp_path / "run"), "--verbose")
    reports = [f"--report={name}={tmp_path / name}" for name in ("json", "junit", "console")]
    _, out, err = run_here(capsys, "check", server.url + f"?token={KEY}", *args, *reports)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    leaks = [str(path) for path in files if "0123456789abcdef" in path.read_text()]
    assert KEY.encode() in server.requests[0]
    assert ("0123456789abcdef" in out + err, leaks, len(files) >= 7) == (False, [], True)


def test_report_on_standard_output_stands_alone(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """`--report json=- | jq` works: the page for people goes to standard error, other reports to their files."""
    args = ("--report", "json=-", "--report", f"junit={tmp_path / 'report.xml'}")
    code, out, err = run_here(capsys, "check", serve_good(serve).url, *args)
    assert (code, json.loads(out)["outcome"]) == (0, "held")
    assert ("✓ HELD: every MUST held" in err, (tmp_path / "report.xml").exists()) == (True, True)


def test_two_reports_do_not_share_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """Mixed, neither could be read; nothing is sent."""
    args = ("--report", "json=-", "--report", "markdown=-")
    code, out, err = run_here(capsys, "check", "http://127.0.0.1:9/stream", *args)
    said = "Error: --report json=- and markdown=- would be mixed: standard output takes one of them\n"
    assert (code, out, err) == (2, "", said)


def test_nobody_reading_standard_output_leaves_the_verdict(tmp_path: Path) -> None:
    """`| head -1` ends the pipe; the exit code is still that of the endpoint."""
    stream_file = tmp_path / "generation.jsonl"
    write_transcript_file(stream_file, stream(*good_events()))
    command = [sys.executable, "-m", "conformance", "judge", str(stream_file), "--report", "sarif=-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, err = process.communicate(timeout=60)
    assert (process.returncode, b"Traceback" in err, b"HELD" in err) == (0, False, True)


def test_fal_key_is_sent_to_fal_only(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAL_KEY in the environment does not reach another host."""
    monkeypatch.setenv("FAL_KEY", KEY)
    server = serve_good(serve)
    run_here(capsys, "check", server.url)
    assert [request for request in server.requests if b"0123456789abcdef" in request] == []


def test_a_frozen_rule_set_is_named_in_the_report(serve: ServeScripts, capsys: pytest.CaptureFixture[str]) -> None:
    """A good endpoint holds by the set, and the page says by which one."""
    code, out, _ = run_here(capsys, "check", serve_good(serve).url, "--rules", "2026.1")
    assert (code, re.findall(r"^  Rules +(\S+),", out, re.MULTILINE)) == (0, ["2026.1"])


def test_an_unknown_rule_set_is_bad_usage(serve: ServeScripts, capsys: pytest.CaptureFixture[str]) -> None:
    """The valid ones are named, and nothing is sent."""
    server = serve_good(serve)
    code, _, err = run_here(capsys, "check", server.url, "--rules", "2019.1")
    assert (code, server.requests, "use latest, 2026.1" in err) == (2, [], True)


def test_record_writes_a_transcript(serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One generation goes into one file, which reads back with every byte."""
    code, _, _ = run_here(capsys, "record", serve_good(serve).url, "-o", str(tmp_path / "one.jsonl"))
    assert (code, read_transcript_file(tmp_path / "one.jsonl").body) == (0, b"".join(good_events(previews=3)))


def test_rules_and_explain_describe_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    """Every rule is listed, and one rule is explained with its fix and its samples."""
    _, listing, _ = run_here(capsys, "rules")
    _, page, _ = run_here(capsys, "explain", "s03")
    assert "S03" in listing
    assert "Fix" in page
    assert "no line break after the final event" in page


def test_help_names_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """A person who wires a gate finds them in --help."""
    _, out, _ = run_here(capsys, "check", "--help")
    assert "3 unreachable" in " ".join(out.split())


def test_a_payload_is_sent_as_given(serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """@FILE is read, and its object is the request's body."""
    (tmp_path / "p.json").write_text('{"prompt": "日本", "seed": 7}')
    server = serve_good(serve)
    run_here(capsys, "check", server.url, "--payload", f"@{tmp_path / 'p.json'}")
    sent = json.loads(server.requests[0].partition(b"\r\n\r\n")[2])
    assert sent == {"prompt": "日本", "seed": 7}
