"""Reports with a text wherever an endpoint could have put it."""

from dataclasses import replace

from conformance.judging.report import Report
from conformance.stream.finding import Finding

__all__ = ["with_message"]


def with_message(report: Report, text: str) -> Report:
    """The report with the text wherever an endpoint (or a file) could have put it."""
    finding = Finding(message=text, probe=text, byte_offset=7, at_ns=1)
    results = tuple(
        replace(
            result,
            findings=(finding,) if result.findings else (),
            notes=(finding,) if result.notes else (),
            reason=text if result.reason else "",
            excuse=result.excuse
            and replace(result.excuse, entry=replace(result.excuse.entry, reason=text, owner=text)),
        )
        for result in report.results
    )
    profile = replace(report.profile, name=text)
    return replace(report, endpoint=text, profile=profile, started_at=text, results=results)
