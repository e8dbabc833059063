"""A report beside an earlier one: each rule in its place, each difference told, the verdict untouched."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from conformance.archive import write_transcript_file
from conformance.catalogue import Level, NotApplicable, Rule, Verdict
from conformance.core import UsageError
from conformance.judging.comparison import Change, Comparison, compare
from conformance.judging.past_report import parse_past_report
from conformance.judging.report import Report
from conformance.reports import render
from conformance.reports.json_document import document, load_schema
from conformance.samples import event, final, preview, stream
from conformance.stream.evidence import Evidence
from tests.conformance.command_line import run_here
from tests.conformance.reports.conftest import judged, made_up, recorded

SAYS = {"fails": Verdict.FAILED, "passes": Verdict.PASSED, "idle": Verdict.NOT_APPLICABLE}


def rule_saying(id_: str, verdict: str, *, text: str = "it is broken") -> Rule:
    """A rule whose verdict is known."""

    @made_up(id_, "made-up", Level.MUST)
    def says(generation: Evidence):  # type: ignore[no-untyped-def]
        """Say it."""
        if verdict == "idle":
            raise NotApplicable("there is nothing to judge")
        if verdict == "fails":
            yield generation.finding(text)

    return says


def report_of(*rules: Rule) -> Report:
    return judged([recorded(b'data: {"step": 1}\n\n')], rules)


def since(before: Report, after: Report) -> Comparison:
    """The later report beside the earlier one, which went through its JSON."""
    compared = compare(replace(after, past=parse_past_report(render(before, "json"), "the earlier report")))
    assert compared is not None
    return compared


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ("fails", "passes", ("fixed", "")),
        ("fails", "fails", ("still_failing", "")),
        ("passes", "fails", ("new", "")),
        ("idle", "fails", ("new", "had nothing to judge then")),
        ("fails", "idle", ("no_longer_judged", "there is nothing to judge")),
        ("passes", "passes", None),
        ("passes", "idle", None),
        ("idle", "passes", None),
    ],
)
def test_each_pair_of_verdicts_has_its_word(then: str, now: str, expected: tuple[str, str] | None) -> None:
    """What fell short in neither run is no change."""
    steady = rule_saying("H91", "passes")
    found = since(report_of(steady, rule_saying("H90", then)), report_of(steady, rule_saying("H90", now)))
    assert [(item.change.value, item.detail) for item in found.changes] == ([] if expected is None else [expected])


def test_rule_of_one_run_alone_is_told_apart() -> None:
    """A rule that did not exist, or was not selected, then or now."""
    steady = rule_saying("H91", "passes")
    before, after = (report_of(steady, rule_saying(id_, "fails")) for id_ in ("H90", "H92"))
    assert [(item.rule_id, item.change.value, item.detail) for item in since(before, after).changes] == [
        ("H92", "new", "was not judged then"),
        ("H90", "no_longer_judged", "this run did not judge it"),
    ]


def test_another_way_of_failing_is_said() -> None:
    """A rule that fails as before with another symptom is worth another look."""
    before = report_of(rule_saying("H90", "fails"))
    after = report_of(rule_saying("H90", "fails", text="it is bent"))
    assert [item.detail for item in since(before, after).changes] == ["in another way than then"]


def test_unscored_rule_counts_in_neither_run(failing_report: Report) -> None:
    """R90 is newer than the set and fails in both: nothing is said of it."""
    assert "R90" not in [item.rule_id for item in since(failing_report, failing_report).changes]


def test_report_beside_itself_has_only_what_still_fails(failing_report: Report) -> None:
    """Nothing is new, nothing is fixed, nothing differs."""
    found = since(failing_report, failing_report)
    failing = {item.rule.id for item in failing_report.scored if item.verdict.falls_short}
    assert {item.rule_id: item.change for item in found.changes} == dict.fromkeys(failing, Change.STILL_FAILING)
    assert {item.detail for item in found.changes} | set(found.remarks) == {""}


def test_other_circumstances_are_told(passing_report: Report, failing_report: Report) -> None:
    """Another endpoint, profile or rule set is no reason to refuse, and is not passed over."""
    profile = replace(passing_report.profile, name="other")
    later = replace(passing_report, endpoint="https://other.example/stream", profile=profile)
    assert since(failing_report, later).remarks == (
        "the endpoint was 'https://fal.run/owner/app/stream' and is 'https://other.example/stream'",
        "the profile was 'made-up' and is 'other'",
        "the rule set was '2026.1' and is 'latest'",
    )


@pytest.mark.parametrize("order", ["then", "now"])
def test_run_that_judged_nothing_mends_and_breaks_nothing(
    order: str, unreachable_report: Report, failing_report: Report
) -> None:
    """An endpoint that is down has not fixed anything, and one that is up again has not either."""
    pair = (unreachable_report, failing_report) if order == "then" else (failing_report, unreachable_report)
    found = since(*pair)
    assert (found.changes, found.is_comparable, "judged nothing" in found.remarks[0]) == ((), False, True)


@pytest.mark.parametrize("name", ["console", "markdown"])
def test_page_says_what_changed(name: str, failing_report: Report, passing_report: Report) -> None:
    """The number of each kind, then each rule."""
    past = parse_past_report(render(failing_report, "json"), "the earlier report")
    text = render(replace(passing_report, past=past), name)
    assert "fixed" in text
    assert "MUST S90 torn-event" in text
    assert "2026-01-02T03:04:05Z" in text.split("Since ")[1]


@pytest.mark.parametrize("name", ["console", "github", "json", "junit", "markdown", "sarif"])
def test_comparison_changes_no_outcome(name: str, failing_report: Report, passing_report: Report) -> None:
    """Every format keeps the verdict of the run itself."""
    past = parse_past_report(render(failing_report, "json"), "the earlier report")
    compared = replace(passing_report, past=past)
    assert (compared.outcome, render(compared, name) != "") == (passing_report.outcome, True)


def test_json_holds_the_comparison(failing_report: Report, passing_report: Report) -> None:
    """It keeps the schema, and a report with a comparison in it can itself be compared with."""
    first = replace(failing_report, past=parse_past_report(render(passing_report, "json"), "the earlier report"))
    whole = document(first)
    assert list(Draft202012Validator(load_schema()).iter_errors(whole)) == []
    assert {item["rule"]: item["change"] for item in whole["since"]["changes"]} == {
        item.rule_id: item.change.value for item in since(passing_report, failing_report).changes
    }
    assert since(first, failing_report).count(Change.NEW) == 0


def without(*path: str | int) -> Any:
    def bend(whole: dict[str, Any]) -> None:
        place: Any = whole
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return bend


def setting(value: Any, *path: str | int) -> Any:
    def bend(whole: dict[str, Any]) -> None:
        place: Any = whole
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return bend


@pytest.mark.parametrize(
    ("bend", "said"),
    [
        (without("format"), "old.json is not a report: its 'format' is None, expected 'fal-stream-report/1'"),
        (setting("fal-stream-report/2", "format"), "its 'format' is 'fal-stream-report/2', expected 'fal-stream-"),
        (without("results"), "old.json: results is missing, expected a list"),
        (setting(7, "results", 0), "old.json: results[0] is 7, expected an object"),
        (
            setting("maybe", "results", 0, "verdict"),
            "old.json: results[0]: verdict is 'maybe', expected one of passed,",
        ),
        (setting([1], "results", 2, "symptoms"), "old.json: results[2]: symptoms is [1], expected a list of texts"),
        (setting("yes", "results", 1, "scored"), "old.json: results[1]: scored is 'yes', expected true or false"),
        (setting(None, "suite"), "old.json: suite is None, expected an object"),
        (without("endpoint"), "old.json: endpoint is missing, expected a text"),
    ],
)
def test_damaged_report_is_refused_with_the_place(bend: Any, said: str, passing_report: Report) -> None:
    """What is wrong is named with its path, in one line."""
    whole = document(passing_report)
    bend(whole)
    with pytest.raises(UsageError) as refusal:
        parse_past_report(json.dumps(whole), "old.json")
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '"fal-stream-report/1"', "[" * 100_000, "<html>", "null"])
def test_foreign_file_is_refused(text: str) -> None:
    """A transcript, a page, half a file: none of them is a report."""
    with pytest.raises(UsageError, match=r"^old\.json is not "):
        parse_past_report(text, "old.json")


def test_what_a_later_version_adds_is_left_alone(failing_report: Report) -> None:
    """The format promises that fields may be added, so a reader ignores what it does not know."""
    whole = document(failing_report)
    whole["added"], whole["results"][0]["added"] = {"later": True}, 1
    text = json.dumps(whole)
    assert parse_past_report(text, "old.json") == parse_past_report(render(failing_report, "json"), "old.json")


@settings(deadline=None)  # other tests may run beside it
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=10,
    ),
    place=st.sampled_from(["endpoint", "profile", "suite", "started", "outcome", "results"]),
)
def test_any_value_is_read_or_refused(value: Any, place: str, passing_report: Report) -> None:
    """Nothing but a clear refusal comes of a file that somebody else wrote."""
    whole = document(passing_report) | {place: value}
    with suppress(UsageError):
        read = parse_past_report(json.dumps(whole), "old.json")
        assert compare(replace(passing_report, past=read)) is not None


def test_judge_says_what_was_fixed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """From the command line: a stream that lost its last line break, then one that did not; codes as ever."""
    torn = stream(event(preview()), event(final())[:-1])
    whole = stream(event(preview()), event(final()))
    for name, transcript in (("torn", torn), ("whole", whole)):
        write_transcript_file(tmp_path / f"{name}.jsonl", transcript)
    torn_file, whole_file, old = (str(tmp_path / name) for name in ("torn.jsonl", "whole.jsonl", "old.json"))
    only = ("--select", "S03")
    first, _, _ = run_here(capsys, "judge", torn_file, *only, "--report", f"json={old}")
    second, fixed, _ = run_here(capsys, "judge", whole_file, *only, "--since", old)
    third, still, _ = run_here(capsys, "judge", torn_file, *only, "--since", old)
    assert (first, second, third) == (1, 0, 1)
    assert "✓ MUST S03 unterminated-event fixed" in fixed
    assert "MUST S03 unterminated-event still failing" in still


@pytest.mark.parametrize("content", ["", "{}", '{"format": "fal-stream-report/9"}', "\x00\xff"])
def test_wrong_file_is_one_line_and_exit_2(capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str) -> None:
    """Nothing is judged, nothing is sent."""
    (tmp_path / "old.json").write_bytes(content.encode("latin-1"))
    code, out, err = run_here(capsys, "check", "http://127.0.0.1:9/stream", "--since", str(tmp_path / "old.json"))
    assert (code, out, len(err.splitlines())) == (2, "", 1)
