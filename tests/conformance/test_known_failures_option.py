"""A list of known failures, given to the command line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.samples import event, final, preview
from tests.conformance.command_line import run_here
from tests.conformance.conftest import SSE_HEAD, ServeScripts, chunked
from tests.conformance.good_server import NOT_ALLOWED, REFUSED, serve_good


def test_known_failures_make_a_failing_endpoint_green(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A list that was written, filled in and given back excuses the failure; where the rule passes, it counts."""
    broken = [SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(event(preview()), event(final())[:-1])]
    first, second = (serve(broken, REFUSED, REFUSED, NOT_ALLOWED) for _ in range(2))
    known, only = tmp_path / "known.toml", ("--select", "S03")
    unlisted, _, _ = run_here(capsys, "check", first.url, *only, "--report", f"known-failures={known}")
    refused, _, err = run_here(capsys, "check", second.url, *only, "--known-failures", str(known))
    last_day = datetime.now(UTC).date() + timedelta(days=60)
    filled_in = known.read_text().replace('expires = "?"', f"expires = {last_day}").replace('= "?"', '= "my team"')
    known.write_text(filled_in)
    failing, _, _ = run_here(capsys, "check", second.url, *only, "--known-failures", str(known))
    passing, out, _ = run_here(capsys, "check", serve_good(serve).url, *only, "--known-failures", str(known))
    assert (unlisted, refused, failing, passing) == (1, 2, 0, 1)
    assert ("known failure S03.reason is '?'" in err, "remove it from the list" in out) == (True, True)


def test_an_expired_known_failure_is_red(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The calendar of the machine decides, and the page says what to do."""
    (tmp_path / "known.toml").write_text('[S03]\nreason = "mended soon"\nowner = "my team"\nexpires = 2020-02-29')
    broken = [SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(event(preview()), event(final())[:-1])]
    server = serve(broken, REFUSED, REFUSED, NOT_ALLOWED)
    args = ("--known-failures", str(tmp_path / "known.toml"), "--select", "S03")
    code, out, _ = run_here(capsys, "check", server.url, *args)
    assert (code, "its excuse ended on 2020-02-29" in out) == (1, True)
