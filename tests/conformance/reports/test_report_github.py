"""The annotations of a GitHub workflow: commands that say what fell short, and no other command."""

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.judging.report import Report
from conformance.reports.github import render
from tests.conformance.reports.foreign_text import with_message

COMMAND = re.compile(r"::(error|warning|notice) title=([^:,%]|%(25|0D|0A|3A|2C))*::[^\r\n]*")


def titles(report: Report) -> list[str]:
    return [line.split("::")[1].replace(" title=", " ") for line in render(report).splitlines()]


def test_verdict_and_each_rule_that_fell_short_are_annotations(failing_report: Report) -> None:
    """What makes the outcome bad is an error, what does not a warning, in the words of the report."""
    assert titles(failing_report) == [
        "error fal-stream-check",
        "error MUST S90 torn-event",
        "error MUST F91 late-final",
        "error SHOULD F92 other-final",
        "error MUST F93 forgotten-final",
        "error MUST E90 bad-refusal",
        "warning SHOULD H91 weak-head",
        "warning SHOULD E91 untestable-refusal",
    ]


def test_annotation_says_what_where_and_how_to_mend_it(failing_report: Report) -> None:
    """GitHub shows the lines of the message as lines."""
    line = next(line for line in render(failing_report).splitlines() if "S90" in line)
    assert unquote(line.split("::")[2]).splitlines() == [
        r"event 1 is '[1, \x00]', expected an object (generation, event 1, byte 19, at 1000.0 ms)",
        'Fix: End every event with two line breaks: f"data: {json}\\n\\n".',
    ]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("passing", "::notice title=fal-stream-check::HELD: every MUST held"),
        ("cut_off", "::error title=fal-stream-check::NOTHING JUDGED: the run was cut off before the stream ended"),
    ],
)
def test_verdict_is_said_in_any_case(kind: str, expected: str, request: pytest.FixtureRequest) -> None:
    """A run that held leaves a notice, one that judged nothing an error."""
    assert render(request.getfixturevalue(f"{kind}_report")).splitlines()[0] == expected


def test_too_many_rules_are_counted_and_named(failing_report: Report) -> None:
    """GitHub shows ten errors of a step, the verdict among them: the last one names the rest."""
    torn = next(item for item in failing_report.results if item.rule.id == "S90")
    many = tuple(replace(torn, rule=replace(torn.rule, id=f"S{number:02}")) for number in range(30))
    errors = [line for line in render(replace(failing_report, results=many)).splitlines() if line[:7] == "::error"]
    assert (len(errors), errors[-1][:36]) == (10, "::error title=and 22 more rules::S08")


def test_name_of_a_rule_ends_no_title(failing_report: Report) -> None:
    """A colon would begin the message, a comma another property; a per cent sign begins an escape."""
    torn = next(item for item in failing_report.results if item.rule.id == "S90")
    named = replace(torn, rule=replace(torn.rule, name="100%:torn,event"))
    line = render(replace(failing_report, results=(named,))).splitlines()[1]
    assert line.startswith("::error title=MUST S90 100%25%3Atorn%2Cevent::event 1 is ")


@settings(deadline=None)  # other tests may run beside it
@given(text=st.text(st.characters() | st.sampled_from(":%,\r\n#[]")) | st.just("x\n::stop-commands::y"))
def test_no_text_of_an_endpoint_is_a_command(text: str, failing_report: Report) -> None:
    """Each line is one of ours, whatever stands in it, and there are no more of them."""
    lines = render(with_message(failing_report, text)).splitlines()
    assert [line for line in lines if not COMMAND.fullmatch(line)] == []
    assert len(lines) == len(render(failing_report).splitlines())
