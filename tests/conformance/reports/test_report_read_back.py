"""Every format, read back from its text, says what the model says: no outcome and no rule is lost on the way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.catalogue import Rule
from conformance.judging.report import Report
from conformance.reports import FORMATS
from tests.conformance.reports.foreign_text import with_message
from tests.conformance.reports.readers import READERS, expected, text_of
from tests.conformance.reports.sample_reports import sample_reports

# A list to be filled in is no report of the outcome; its own tests read it back. A page is read by a browser.
NOT_READ_HERE = {"known-failures", "html"}


def test_every_format_has_a_reader() -> None:
    """A new format is read back here, or says where else."""
    assert {name.split()[0] for name in READERS} == set(FORMATS) - NOT_READ_HERE


@pytest.mark.parametrize("kind", ["failing", "passing", "unreachable", "cut_off", "strict"])
@pytest.mark.parametrize("name", READERS)
def test_each_outcome_reads_back(name: str, kind: str, request: pytest.FixtureRequest) -> None:
    """One of everything: failures, warnings, every known failure, nothing judged."""
    report: Report = request.getfixturevalue(f"{kind}_report")
    assert READERS[name](text_of(report, name)) == expected(report, name)


@pytest.mark.each_rule
def test_reports_of_every_sample_read_back(rule: Rule) -> None:
    """Whatever the last samples of the catalogue's rules bring up, all formats agree on it."""
    for report in sample_reports(rule)[-2:]:
        found = {name: read(text_of(report, name)) for name, read in READERS.items()}
        assert found == {name: expected(report, name) for name in READERS}


@settings(deadline=None, max_examples=40)  # other tests may run beside it
@given(text=st.text(st.characters() | st.sampled_from("`|<>&:\n\r\\[]()#@*_%,")))
def test_no_text_of_an_endpoint_changes_what_is_read(text: str, failing_report: Report) -> None:
    """It can neither hide a rule nor make one up."""
    report = with_message(failing_report, text)
    found = {name: read(text_of(report, name)) for name, read in READERS.items()}
    assert found == {name: expected(report, name) for name in READERS}
