"""The curl line: what a shell makes of it is the request."""

import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.core import Request
from conformance.judging.report import Report
from conformance.reports.curl import curl_line, request_to_reproduce

URL = "http://127.0.0.1:8000/stream"
BASH = shutil.which("bash") or ""
needs_bash = pytest.mark.skipif(not BASH, reason="there is no bash here")


def request(**changes: object) -> Request:
    return replace(Request(method="POST", url=URL), **changes)  # type: ignore[arg-type]


def arguments(line: str, **variables: str) -> list[bytes]:
    """What curl would be started with."""
    script = f'curl() {{ printf "%s\\0" "$@"; }}\n{line}'
    environment = {"LC_ALL": "C.UTF-8", **variables}
    finished = subprocess.run([BASH, "-c", script], env=environment, capture_output=True, check=True)
    return finished.stdout.split(b"\0")[:-1]


def test_line_says_method_url_headers_and_body() -> None:
    """An ordinary request reads as one would type it."""
    asked = request(headers=(("content-type", "application/json"),), body=b'{"prompt": "a red disc"}')
    expected = f"curl -N -X POST {URL} -H 'content-type: application/json' " """--data-raw '{"prompt": "a red disc"}'"""
    assert curl_line(asked) == expected


@pytest.mark.parametrize(
    ("url", "name", "expected"),
    [
        ("https://fal.run/owner/app/stream", "Authorization", '"Authorization: Key $FAL_KEY"'),
        ("https://example.org/stream", "Authorization", '"Authorization: $AUTHORIZATION"'),
        ("http://fal.run/owner/app/stream", "authorization", '"authorization: $AUTHORIZATION"'),
        ("https://example.org/stream", "X-Api-Key", '"X-Api-Key: $X_API_KEY"'),
    ],
)
def test_redacted_header_becomes_a_variable(url: str, name: str, expected: str) -> None:
    """The shell fills in the key: at fal the usual variable, elsewhere one named after the header."""
    assert curl_line(request(url=url, headers=((name, "[redacted]"),))) == f"curl -N -X POST {url} -H {expected}"


def test_secret_that_was_not_redacted_is_not_written() -> None:
    """A request that was never recorded may still hold its key; the line does not."""
    asked = request(url="https://me:hunter22@example.org/s?token=hunter22", headers=(("Authorization", "hunter22"),))
    assert "hunter22" not in curl_line(asked)


@needs_bash
def test_redacted_parameter_becomes_a_variable() -> None:
    """A secret in the query is filled in by the shell too, and curl reads no brackets as a pattern."""
    line = curl_line(request(url="https://example.org/s?api_key=[redacted]&ids[]=1#[x]"))
    expected = [b"-N", b"-X", b"POST", b"--globoff", b"https://example.org/s?api_key=abc&ids[]=1#[x]"]
    assert arguments(line, API_KEY="abc") == expected


@needs_bash
def test_awkward_header_beside_a_variable_is_quoted() -> None:
    """A header name that the shell would read otherwise stays as it is."""
    line = curl_line(request(headers=(("we!rd`$HOME`-key", "[redacted]"),)))
    assert arguments(line, WE_RD__HOME__KEY="abc")[-1] == b"we!rd`$HOME`-key: abc"


def test_header_without_a_value_is_sent_empty() -> None:
    """A header is sent empty when written `name;`; curl would leave `name:` out."""
    assert curl_line(request(headers=(("x-empty", ""),))).endswith(" -H 'x-empty;'")


def test_body_without_content_type_is_not_made_a_form() -> None:
    """No form: curl adds no Content-Type that was not in the request."""
    assert curl_line(request(body=b"{}")) == f"curl -N -X POST {URL} -H content-type: --data-raw '{{}}'"


def test_headers_that_curl_writes_itself_are_left_out() -> None:
    """Length and host follow from the rest of the line."""
    framing = (("Host", "x"), ("Content-Length", "2"), ("Connection", "close"), ("Transfer-Encoding", "chunked"))
    assert curl_line(request(headers=framing)) == f"curl -N -X POST {URL}"


def test_coded_answer_is_decoded() -> None:
    """A request that accepts gzip would otherwise fill the terminal with binary."""
    assert curl_line(request(headers=(("accept-encoding", "gzip"),))).startswith("curl -N --compressed -X POST ")


@needs_bash
@settings(deadline=None)  # other tests may run beside it
@given(body=st.binary(min_size=1, max_size=40).filter(lambda body: 0 not in body))
def test_shell_restores_every_body(body: bytes) -> None:
    """Whatever the bytes (a NUL excepted, which no argument can hold), curl gets them unchanged."""
    line = curl_line(request(body=body))
    assert (line.isprintable(), arguments(line)[-1]) == (True, body)


@settings(deadline=None)  # other tests may run beside it
@given(text=st.text(st.characters(), max_size=30))
def test_line_never_holds_a_control_character(text: str) -> None:
    """Names, values and URLs of a foreign transcript cannot command the terminal."""
    line = curl_line(request(method=text, url=f"{URL}?{text}", headers=((text, text), (f"{text}-token", text))))
    assert line.isprintable()


def test_request_of_the_first_shortfall_is_the_one_to_reproduce(failing_report: Report, strict_report: Report) -> None:
    """The line shows the fault, whichever probe found it."""
    only_refusal = tuple(result for result in failing_report.results if result.rule.id == "E90")
    recorded = {transcript.probe: transcript.request for transcript in failing_report.transcripts}
    assert request_to_reproduce(replace(failing_report, results=only_refusal)) is recorded["invalid_input"]
    assert request_to_reproduce(failing_report) is recorded["generation"]


def test_without_evidence_there_is_nothing_to_reproduce(passing_report: Report) -> None:
    """A report without transcripts has no request."""
    assert request_to_reproduce(replace(passing_report, transcripts=())) is None
