"""The formats by name."""

import subprocess
import sys

import pytest

from conformance.core import UsageError
from conformance.judging.report import Report
from conformance.reports import FORMATS, render


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_every_outcome(
    name: str, failing_report: Report, passing_report: Report, unreachable_report: Report
) -> None:
    """Each format has words for each outcome, and ends in a line break."""
    texts = [render(report, name) for report in (failing_report, passing_report, unreachable_report)]
    assert [text[-1] for text in texts] == ["\n", "\n", "\n"]


def test_unknown_format_is_answered_with_the_valid_ones(passing_report: Report) -> None:
    """A wrong name is a usage error that lists the right ones."""
    valid = ", ".join(sorted(FORMATS))
    with pytest.raises(UsageError, match=rf"^unknown report format 'xml': use {valid}$"):
        render(passing_report, "xml")


def test_format_that_is_not_used_is_not_loaded() -> None:
    """A run that prints to the console does not pay for XML."""
    script = "import sys, conformance.reports.console; sys.exit('junitparser' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
