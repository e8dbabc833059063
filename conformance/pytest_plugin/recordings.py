"""The reports of a run of pytest: one an endpoint, however many tests and workers ask for it."""

from collections.abc import Hashable
from hashlib import sha256
from pathlib import Path

from conformance.core import ConformanceError
from conformance.examination import Examination
from conformance.judging.report import Outcome, Report
from conformance.pytest_plugin.address import addressed
from conformance.pytest_plugin.check import Check
from conformance.pytest_plugin.shared_examination import examined_once
from conformance.reports.wording import headline

__all__ = ["NothingJudgedError", "Recordings"]


class NothingJudgedError(ConformanceError):
    """There is a report, and it says nothing of the endpoint."""


class Recordings:
    """What was recorded and judged so far.

    Attributes:
        check: How endpoints are asked and judged.
    """

    def __init__(self, check: Check) -> None:
        """Nothing is sent yet."""
        self.check = check
        # The endpoint is kept as well: while it lives, no other object gets its identity.
        self._known: dict[Hashable, tuple[object, Report | ConformanceError]] = {}

    def report(self, endpoint: object, *, name: str, shared: Path | None) -> Report:
        """The report of an endpoint; what could not be had once is not tried again.

        Args:
            endpoint: A URL or an app object.
            name: Tells endpoints apart between workers, and in the folder that keeps transcripts; "" where a URL was
                named for the whole run.
            shared: A folder that all workers see, or None where there is only this process.

        Raises:
            UsageError: The endpoint is not one, or the check cannot be made as asked.
            AppNotStartedError: The app could not be started.
            NothingJudgedError: There was nothing to judge.
        """
        key = endpoint if isinstance(endpoint, str) else id(endpoint)
        if key not in self._known:
            try:
                self._known[key] = (endpoint, self._make(endpoint, name, shared))
            except ConformanceError as error:
                self._known[key] = (endpoint, error)
        report = self._known[key][1]
        if isinstance(report, ConformanceError):
            raise report
        return report

    def _make(self, endpoint: object, name: str, shared: Path | None) -> Report:
        def examine() -> Examination:
            with addressed(endpoint, self.check.path) as url:
                return self.check.examine(url, name=name)

        if shared is None:
            examination = examine()
        else:
            identity = sha256(_told_alike(endpoint, name).encode()).hexdigest()[:16]
            examination = examined_once(shared / identity, examine)
        report = self.check.judge(examination)
        if report.outcome is Outcome.NOTHING_JUDGED:
            raise NothingJudgedError(f"nothing could be judged: {_why(report)}")
        return report


def _told_alike(endpoint: object, name: str) -> str:
    """What an endpoint is called in every worker."""
    if isinstance(endpoint, str):
        return endpoint
    if isinstance(endpoint, type) and "<locals>" not in endpoint.__qualname__:
        return f"{endpoint.__module__}.{endpoint.__qualname__}"
    return name


def _why(report: Report) -> str:
    return report.unreachable or headline(report).partition(": ")[2]
