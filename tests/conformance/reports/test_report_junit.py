"""The JUnit report, read back with two readers."""

from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml

from conformance.judging.report import Report
from conformance.reports.junit import render
from conformance.reports.standing import Standing, standing
from conformance.stream.finding import Finding


def cases(report: Report) -> dict[str, ET.Element]:
    root = ET.fromstring(render(report))  # noqa: S314 - our own output
    return {case.attrib["name"].split()[0]: case for case in root.iter("testcase")}


def kind(case: ET.Element) -> str:
    return next((tag for tag in ("failure", "error", "skipped") if case.find(tag) is not None), "passed")


def message(case: ET.Element) -> str:
    found = case.find(kind(case))
    return found.attrib["message"] if found is not None else ""


@pytest.mark.parametrize("name", ["failing", "passing", "unreachable", "cut_off", "strict"])
def test_two_readers_count_the_same(name: str, request: pytest.FixtureRequest) -> None:
    """The counts in the head are those of the cases, for junitparser and for a plain XML reader."""
    report = request.getfixturevalue(f"{name}_report")
    text = render(report)
    suite = next(iter(JUnitXml.fromstring(text.encode("utf-8"))))
    kinds = Counter(map(kind, ET.fromstring(text).iter("testcase")))  # noqa: S314 - our own output
    assert (suite.tests, suite.failures, suite.skipped, suite.errors) == (
        kinds.total(),
        kinds["failure"],
        kinds["skipped"],
        0,
    )
    root = JUnitXml.fromstring(text.encode("utf-8"))
    assert (root.tests, root.failures, root.skipped, root.errors) == (
        suite.tests,
        suite.failures,
        suite.skipped,
        0,
    )


def test_each_standing_has_its_element(failing_report: Report) -> None:
    """What makes the outcome bad fails, what was expected or not judged is skipped, everything else passes."""
    skipped = {Standing.EXPECTED, Standing.UNSCORED, Standing.NOT_APPLICABLE}
    stands = {result.rule.id: standing(failing_report, result) for result in failing_report.results}
    expected = {
        id_: "failure" if stand.is_shortfall else "skipped" if stand in skipped else "passed"
        for id_, stand in stands.items()
    }
    assert {id_: kind(case) for id_, case in cases(failing_report).items()} == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("S90", r"event 1 is '[1, \x00]', expected an object"),
        ("E90", "not testable: invalid_input got no answer: nothing for 30 s"),
        ("J90", "S90 failed"),
        ("F90", "known failure: excused until 2026-03-31 (final team: the final is being rewritten)"),
        ("F91", "known failure: passes now: remove it from the list (final team: fixed last week)"),
        (
            "F92",
            (
                "known failure: falls short in another way than excused, symptom 10bd1039, expected 0badf00d: "
                "mend it, or add the symptom (final team: the final is late)"
            ),
        ),
        (
            "F93",
            (
                "known failure: its excuse ended on 2025-12-24: mend it, or agree on a new day "
                "(final team: the mark is being discussed)"
            ),
        ),
        ("F94", "known failure: excused for 9 more days, until 2026-01-11 (final team: the disk is slow)"),
        ("R90", "unscored: newer than 2026.1; would have fallen short: the stream is torn"),
    ],
)
def test_message_says_why(rule: str, expected: str, failing_report: Report) -> None:
    """A failure or a skipped case names its cause in one line."""
    assert message(cases(failing_report)[rule]) == expected


def test_failure_tells_what_to_do(failing_report: Report) -> None:
    """The text of a failure has every finding, the consequence, the fix and the reference."""
    case = cases(failing_report)["S90"]
    lines = (case.findtext("failure") or "").splitlines()
    assert [line.split(":")[0] for line in lines if not line.startswith(" ")] == [
        "MUST S90 torn-event",
        r"event 1 is '[1, \x00]', expected an object (generation, event 1, byte 19, at 1000.0 ms)",
        "the body ends here, expected a blank line (generation, byte 53, at 1500.0 ms)",
        "Consequence",
        "Fix",
        "Reference",
    ]


@pytest.mark.parametrize("rule", ["H91", "E91", "C91", "C90"])
def test_warning_or_note_passes_with_its_text(rule: str, failing_report: Report) -> None:
    """What does not make the outcome bad is a passed case that still says what was seen."""
    case = cases(failing_report)[rule]
    assert (kind(case), bool(case.findtext("system-out"))) == ("passed", True)


def test_case_bears_family_level_and_standing(failing_report: Report) -> None:
    """A CI system can group by family and filter by level, and a person copy the symptom."""
    case = cases(failing_report)["H91"]
    properties = {item.attrib["name"]: item.attrib["value"] for item in case.iter("property")}
    assert (case.attrib["name"], case.attrib["classname"], properties) == (
        "H91 weak-head",
        "head",
        {"level": "SHOULD", "standing": "warned", "symptom": "f4ee3ea5"},
    )


def test_suite_bears_endpoint_profile_outcome_and_time(failing_report: Report) -> None:
    """The suite says what was judged, how, with what outcome, and how long the generation took."""
    suite = next(iter(JUnitXml.fromstring(render(failing_report).encode("utf-8"))))
    properties = {item.name: item.value for item in suite.properties()}
    assert (suite.time, suite.timestamp) == (1.512, "2026-01-02T03:04:05Z")
    assert {
        name: properties[name] for name in ("endpoint", "profile", "rule_set", "outcome", "generations", "requests")
    } == {
        "endpoint": "https://fal.run/owner/app/stream",
        "profile": "made-up",
        "rule_set": "2026.1",
        "outcome": "fell_short",
        "generations": "1",
        "requests": "2",
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [("failing", True), ("passing", False), ("unreachable", True), ("cut_off", True), ("strict", True)],
)
def test_suite_is_red_exactly_where_the_exit_code_is_not_0(
    name: str, expected: bool, request: pytest.FixtureRequest
) -> None:
    """A gate on the XML and a gate on the exit code agree, also when nothing was judged."""
    report = request.getfixturevalue(f"{name}_report")
    failures = [case for case in cases(report).values() if kind(case) == "failure"]
    assert (bool(failures), report.outcome.value != 0) == (expected, expected)


@settings(deadline=None)  # other tests may run beside it
@given(text=st.text(st.characters()))
def test_no_text_breaks_the_xml(text: str, failing_report: Report) -> None:
    """Whatever an endpoint says, the XML is well-formed and every case is still there."""
    finding = Finding(message=text, probe=text)
    results = tuple(
        replace(
            item,
            findings=item.findings and (finding,),
            notes=item.notes and (finding,),
            reason=text,
            excuse=item.excuse and replace(item.excuse, entry=replace(item.excuse.entry, reason=text, owner=text)),
        )
        for item in failing_report.results
    )
    profile = replace(failing_report.profile, name=text)
    bent = replace(failing_report, endpoint=text, started_at=text, profile=profile, results=results)
    assert list(cases(bent)) == list(cases(failing_report))
