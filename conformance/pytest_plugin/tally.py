"""Whether the tests of a stream judged anything: a run in which none did is never green."""

from collections.abc import Generator

import pytest

__all__ = ["JUDGED", "Tally"]

JUDGED = pytest.StashKey[bool]()
"""On a test of a stream: whether it judged something."""

_NOTHING_JUDGED = 3
_ATTRIBUTE = "stream_judged"


class Tally:
    """Counts tests of a stream; workers of pytest-xdist send theirs with their reports."""

    def __init__(self) -> None:
        """Nothing has run."""
        self._judged = 0
        self._idle = 0
        self._idle_failures = 0
        self._is_empty_run = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Write on the report what the test judged."""
        report = yield
        has_ended = report.when == "call" or (report.when == "setup" and not report.passed)
        if JUDGED in item.stash and has_ended:
            setattr(report, _ATTRIBUTE, item.stash[JUDGED])
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count it."""
        judged: bool | None = getattr(report, _ATTRIBUTE, None)
        self._judged += judged is True
        self._idle += judged is False
        self._idle_failures += judged is False and report.failed

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End with 3 where tests of a stream ran, none judged anything, and nothing else failed."""
        if hasattr(session.config, "workerinput") or self._judged or not self._idle:
            return
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self._is_empty_run = session.testsfailed == self._idle_failures
        if self._is_empty_run:
            session.exitstatus = _NOTHING_JUDGED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say why the run is not green."""
        if self._is_empty_run:
            terminalreporter.write_line("no test of the stream had anything to judge (exit code 3)", red=True)
