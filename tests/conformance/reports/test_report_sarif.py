"""The SARIF report: valid for the standard's schema, fit for GitHub, true to the bytes that were saved."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from conformance.archive import TranscriptFolder
from conformance.catalogue import Rule
from conformance.core import read_transcript
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Report
from conformance.profiles.profile import Profile
from conformance.reports.sarif import render
from conformance.samples import good_events, stream
from tests.conformance.reports.foreign_text import with_message
from tests.conformance.reports.sample_reports import sample_reports
from tests.conformance.reports.sarif_schema import sarif_schema


def run_of(report: Report) -> dict[str, Any]:
    """The one run of the log."""
    runs: list[dict[str, Any]] = json.loads(render(report))["runs"]
    assert len(runs) == 1
    return runs[0]


def results_of(report: Report, rule: str) -> list[dict[str, Any]]:
    return [item for item in run_of(report)["results"] if item["ruleId"] == rule]


def place(result: dict[str, Any]) -> dict[str, Any]:
    return dict(result["locations"][0]["physicalLocation"])


def faults(report: Report) -> list[str]:
    return [error.message for error in Draft4Validator(sarif_schema()).iter_errors(json.loads(render(report)))]


@pytest.mark.parametrize("kind", ["failing", "passing", "unreachable", "cut_off", "strict"])
def test_log_of_every_outcome_is_valid(kind: str, request: pytest.FixtureRequest) -> None:
    """The official schema, which refuses unknown members, finds nothing."""
    assert faults(request.getfixturevalue(f"{kind}_report")) == []


def test_log_with_every_rule_is_valid() -> None:
    """So it does with the texts of the real rules."""
    assert faults(evaluate([stream(*good_events())], Profile(name="sample"))) == []


@pytest.mark.each_rule
def test_log_of_every_sample_is_valid(rule: Rule) -> None:
    """And with whatever the samples of the catalogue bring up."""
    for report in sample_reports(rule):
        fallen = tuple(result for result in report.results if result.verdict.falls_short)
        assert faults(replace(report, results=fallen)) == []


def test_each_rule_has_what_github_shows(failing_report: Report) -> None:
    """A page of its own in plain text and Markdown, a level, a severity, no more than ten tags."""
    rules = run_of(failing_report)["tool"]["driver"]["rules"]
    assert [item["id"] for item in rules] == [result.rule.id for result in failing_report.results]
    assert all(item["help"]["text"] and item["help"]["markdown"] and item["helpUri"] for item in rules)
    assert all(len(item["properties"]["tags"]) <= 10 for item in rules)
    assert {
        item["id"]: item["defaultConfiguration"]["level"] for item in rules if item["id"] in ("S90", "H91", "C91")
    } == {
        "S90": "error",
        "H91": "warning",
        "C91": "note",
    }


def test_each_result_has_what_github_needs(failing_report: Report) -> None:
    """A rule by index, a file, a line and a fingerprint; no two results have the same one."""
    run = run_of(failing_report)
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[item["ruleIndex"]]["id"] == item["ruleId"] for item in run["results"])
    assert all(place(item)["artifactLocation"]["uri"].endswith(".jsonl") for item in run["results"])
    assert all(place(item)["region"]["startLine"] >= 1 for item in run["results"])
    marks = [item["partialFingerprints"]["primaryLocationLineHash"] for item in run["results"]]
    assert len(set(marks)) == len(marks) == 11


def test_finding_points_into_the_transcript_that_is_saved(failing_report: Report, tmp_path: Path) -> None:
    """The bytes of the region are the line of the chunk that holds the fault."""
    folder = TranscriptFolder(tmp_path)
    for transcript in failing_report.transcripts:
        folder.keep(transcript)
    second = place(results_of(failing_report, "S90")[0])
    file, region = tmp_path / second["artifactLocation"]["uri"], second["region"]
    data = file.read_bytes()[region["byteOffset"] :][: region["byteLength"]]
    assert data.decode() == file.read_text().splitlines()[region["startLine"] - 1]
    assert (json.loads(data)["line"], region["endColumn"]) == ("chunk", len(data.decode()) + 1)
    chunks = read_transcript(file.read_text().splitlines()).chunks
    assert json.loads(data)["at_ns"] == chunks[1].at_ns


def test_file_is_named_as_save_names_it(failing_report: Report, tmp_path: Path) -> None:
    """Repeated probes have their numbers."""
    again = replace(failing_report, transcripts=failing_report.transcripts * 2)
    folder = TranscriptFolder(tmp_path)
    for transcript in again.transcripts:
        folder.keep(transcript)
    named = [item["location"]["uri"] for item in run_of(again)["artifacts"]]
    assert (sorted(named), len(set(named))) == (sorted(path.name for path in tmp_path.iterdir()), 4)


def test_rule_that_could_not_be_tested_points_at_what_was_asked(failing_report: Report) -> None:
    """Where there is no byte to show, the transcript of its probe is named."""
    (untested,) = results_of(failing_report, "E90")
    assert place(untested)["artifactLocation"]["uri"] == "invalid_input.jsonl"
    assert untested["message"]["text"] == "not testable: invalid_input got no answer: nothing for 30 s"


def test_fingerprint_is_the_same_when_the_fault_is_met_again(failing_report: Report) -> None:
    """Numbers and instants differ from run to run, the fault does not."""

    def marks(report: Report) -> list[str]:
        return [item["partialFingerprints"]["primaryLocationLineHash"] for item in run_of(report)["results"]]

    later = tuple(
        replace(
            result,
            findings=tuple(
                replace(item, byte_offset=(item.byte_offset or 0) + 7, at_ns=(item.at_ns or 0) + 99_000_000)
                for item in result.findings
            ),
        )
        for result in failing_report.results
    )
    assert marks(replace(failing_report, results=later)) == marks(failing_report)


def test_known_failure_is_suppressed_and_says_why(failing_report: Report) -> None:
    """Excused is not mended: the result is there, with who excused it and for how long."""
    (lost,) = results_of(failing_report, "F90")
    assert lost["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "excused until 2026-03-31 (final team: the final is being rewritten)",
        }
    ]


@pytest.mark.parametrize("rule", ["F91", "F92", "F93"])
def test_list_that_is_out_of_date_is_an_error(rule: str, failing_report: Report) -> None:
    """An excuse that no longer tells the truth suppresses nothing."""
    found = [(item["level"], "suppressions" in item) for item in results_of(failing_report, rule)]
    assert found == [("error", False)]


@pytest.mark.parametrize("kind", ["unreachable", "cut_off"])
def test_run_that_judged_nothing_has_not_succeeded(kind: str, request: pytest.FixtureRequest) -> None:
    """An upload of it closes no alert as mended: the execution failed, and one error says so."""
    run = run_of(request.getfixturevalue(f"{kind}_report"))
    assert (run["invocations"][0]["executionSuccessful"], run["invocations"][0]["exitCode"]) == (False, 3)
    assert [(item["ruleId"], item["level"]) for item in run["results"]] == [("nothing-judged", "error")]
    assert run["results"][0]["ruleIndex"] == len(run["tool"]["driver"]["rules"]) - 1


def test_run_that_judged_has_succeeded(passing_report: Report) -> None:
    """Everything held, and nothing is to be shown."""
    run = run_of(passing_report)
    assert (run["invocations"][0]["executionSuccessful"], run["results"]) == (True, [])


def test_strict_turns_warnings_into_errors(strict_report: Report) -> None:
    """The level is that of this run."""
    assert [item["level"] for item in results_of(strict_report, "H91")] == ["error"]


@settings(deadline=None)  # other tests may run beside it
@given(text=st.text(st.characters() | st.sampled_from("[]()\\{}0")) | st.just("[a](b)"))
def test_no_text_of_an_endpoint_becomes_a_link(text: str, failing_report: Report) -> None:
    """Messages may hold links in Markdown's form; none of ours does, and the log is ASCII."""
    written = render(with_message(failing_report, text))
    messages = [item["message"]["text"] for item in json.loads(written)["runs"][0]["results"]]
    assert (written.isascii(), [message for message in messages if "](" in message]) == (True, [])
