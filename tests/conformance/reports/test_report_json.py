"""The JSON report: it says what the report says, and its schema says what it says."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from conformance.catalogue import Rule
from conformance.judging.report import Report
from conformance.reports.json_document import document, load_schema, render
from conformance.stream.finding import Excerpt, Finding
from tests.conformance.reports.sample_reports import sample_reports

VALIDATOR = Draft202012Validator(load_schema())


def test_schema_is_a_schema() -> None:
    """The schema itself keeps JSON Schema 2020-12."""
    Draft202012Validator.check_schema(load_schema())


@pytest.mark.each_rule
def test_document_of_every_sample_is_valid(rule: Rule) -> None:
    """Whatever the samples of the catalogue bring up, the document keeps the schema."""
    faults = [error.message for report in sample_reports(rule) for error in VALIDATOR.iter_errors(document(report))]
    assert faults == []


@pytest.mark.parametrize("kind", ["failing", "passing", "unreachable", "cut_off", "strict"])
def test_document_of_every_outcome_is_valid(kind: str, request: pytest.FixtureRequest) -> None:
    """So does the document of each outcome."""
    assert list(VALIDATOR.iter_errors(document(request.getfixturevalue(f"{kind}_report")))) == []


@pytest.mark.each_rule
def test_counts_equal_the_reports(rule: Rule) -> None:
    """The summary adds up to the results, by verdict and by level, as the report counts them."""
    for report in sample_reports(rule):
        whole = document(report)
        counted = Counter((result["verdict"], result["level"]) for result in whole["results"])
        summary = {
            (verdict, level): number for verdict, counts in whole["summary"].items() for level, number in counts.items()
        }
        expected = {
            (result.verdict.value, result.rule.level.value): report.count(result.verdict, result.rule.level)
            for result in report.results
        }
        assert {key: number for key, number in summary.items() if number} == dict(counted) == expected


def test_text_holds_the_document(failing_report: Report) -> None:
    """Reading the text back gives the document."""
    assert json.loads(render(failing_report)) == document(failing_report)


def test_finding_says_where(failing_report: Report) -> None:
    """A finding points at probe, event, byte and instant, and shows the bytes."""
    torn = next(result for result in document(failing_report)["results"] if result["rule"] == "S90")
    assert torn["findings"][0] == {
        "message": r"event 1 is '[1, \x00]', expected an object",
        "probe": "generation",
        "event": 1,
        "byte_offset": 19,
        "at_ms": 1000.0,
        "excerpt": {
            "offset": 0,
            "fault_offset": 19,
            "text": r"data: {\"step\": 1}\n\ndata: [1, \x00]\n\ndata: {\"final\": \"\xc3\xa9\"".replace(r"\"", '"'),
            "hex": b'data: {"step": 1}\n\ndata: [1, \x00]\n\ndata: {"final": "\xc3\xa9"'.hex(" "),
        },
    }


def test_outcome_lists_its_causes(failing_report: Report) -> None:
    """A script can tell what failed without knowing how levels and known failures combine."""
    whole = document(failing_report)
    found = {key: whole[key] for key in ("outcome", "exit_code", "shortfalls", "warnings", "near_expiry", "strict")}
    assert found == {
        "outcome": "fell_short",
        "exit_code": 1,
        "shortfalls": ["S90", "F91", "F92", "F93", "E90"],
        "warnings": ["H91", "E91"],
        "near_expiry": ["F94"],
        "strict": False,
    }


def test_known_failure_says_what_came_of_it(failing_report: Report) -> None:
    """A script reads entry, state and days left without the list itself."""
    slow = next(result for result in document(failing_report)["results"] if result["rule"] == "F94")
    assert (slow["verdict"], slow["scored"], slow["known_failure"]) == (
        "failed",
        True,
        {
            "state": "near_expiry",
            "reason": "the disk is slow",
            "owner": "final team",
            "expires": "2026-01-11",
            "days_left": 9,
            "symptoms": [],
        },
    )


def test_unscored_rule_is_flagged_and_not_counted(failing_report: Report) -> None:
    """A rule that is newer than the set keeps its verdict, and no sum has it."""
    whole = document(failing_report)
    newer = [result["rule"] for result in whole["results"] if not result["scored"]]
    failed = sum(whole["summary"]["failed"].values())
    assert (whole["suite"]["rule_set"], newer) == ("2026.1", ["R90"])
    assert failed == sum(result["verdict"] == "failed" for result in whole["results"]) - 1


def field_names(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else []:
        yield from field_names(part)


def test_every_field_is_documented() -> None:
    """The reference page names each field that the schema knows."""
    page = (Path(__file__).parents[3] / "docs" / "reference" / "report-format.md").read_text("utf-8")
    assert [name for name in field_names(load_schema()) if f"`{name}`" not in page] == []


def _unknown_key(whole: dict[str, Any]) -> None:
    whole["extra"] = 1


def _unknown_verdict(whole: dict[str, Any]) -> None:
    whole["results"][0]["verdict"] = "maybe"


def _failure_without_finding(whole: dict[str, Any]) -> None:
    next(result for result in whole["results"] if result["verdict"] == "failed")["findings"] = []


def _missing_field(whole: dict[str, Any]) -> None:
    del whole["results"][0]["fix"]


@pytest.mark.parametrize("bend", [_unknown_key, _unknown_verdict, _failure_without_finding, _missing_field])
def test_schema_is_strict(bend: Any, failing_report: Report) -> None:
    """A document with anything more, less or else is refused."""
    whole = document(failing_report)
    bend(whole)
    with pytest.raises(ValidationError):
        VALIDATOR.validate(whole)


@settings(deadline=None)  # other tests may run beside it
@given(text=st.text(st.characters()), data=st.binary(min_size=1, max_size=50))
def test_no_text_breaks_the_document(text: str, data: bytes, failing_report: Report) -> None:
    """Whatever an endpoint says, the text is ASCII, reads back, has no lone surrogate, and keeps the schema."""
    finding = Finding(message=text, probe="generation", excerpt=Excerpt.around(data, 0))
    results = tuple(
        replace(item, findings=item.findings and (finding,), reason=text) for item in failing_report.results
    )
    written = render(replace(failing_report, endpoint=text, started_at=text, results=results))
    read = json.loads(written)
    assert written.isascii()
    assert json.dumps(read, ensure_ascii=False).encode("utf-8") != b""
    assert list(VALIDATOR.iter_errors(read)) == []
