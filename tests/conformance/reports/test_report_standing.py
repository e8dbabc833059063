"""What a result counts as, and the one line that adds it up."""

from dataclasses import replace

import pytest

from conformance.judging.report import Report
from conformance.reports.standing import Standing, standing
from conformance.reports.wording import duration, headline


def ids(report: Report, *wanted: Standing) -> set[str]:
    return {result.rule.id for result in report.results if standing(report, result) in wanted}


@pytest.mark.parametrize("strict", [False, True])
def test_standing_agrees_with_the_report(strict: bool, failing_report: Report) -> None:
    """What fails makes the outcome bad, and what warns does not, exactly as the report has it."""
    report = replace(failing_report, strict=strict)
    bad = [item for item in Standing if item.is_shortfall]
    assert ids(report, *bad) == {result.rule.id for result in report.shortfalls}
    assert ids(report, Standing.WARNED) == {result.rule.id for result in report.warnings}


def test_each_standing_occurs(failing_report: Report) -> None:
    """A level, a verdict, the rule set and the list of known failures make one standing."""
    expected = {
        Standing.PASSED: {"H90", "C90"},
        Standing.FAILED: {"S90", "E90"},
        Standing.WARNED: {"H91", "E91"},
        Standing.NOTED: {"C91"},
        Standing.EXPECTED: {"F90", "F94"},
        Standing.CHANGED: {"F92"},
        Standing.EXPIRED: {"F93"},
        Standing.NOW_PASSES: {"F91"},
        Standing.UNSCORED: {"R90"},
        Standing.NOT_APPLICABLE: {"J90"},
    }
    assert {item: ids(failing_report, item) for item in Standing} == expected


def only(report: Report, *rules: str) -> Report:
    return replace(report, results=tuple(result for result in report.results if result.rule.id in rules))


@pytest.mark.parametrize(
    ("rules", "strict", "expected"),
    [
        (("H90",), False, "HELD: every MUST held"),
        (("H90",), True, "HELD: every MUST and SHOULD held"),
        (("H90", "H91"), False, "HELD: every MUST held, 1 warning"),
        (("H90", "H91", "E91"), False, "HELD: every MUST held, 2 warnings"),
        (("H90", "F90"), False, "HELD: every MUST held but 1 known failure"),
        (("S90", "H91"), False, "FELL SHORT: 1 MUST, 1 warning"),
        (("S90", "H91"), True, "FELL SHORT: 1 MUST, 1 SHOULD"),
        (("F91",), False, "FELL SHORT: 1 known failure now passes"),
        (("F92",), False, "FELL SHORT: 1 known failure changed"),
        (("F93", "S90"), False, "FELL SHORT: 1 MUST, 1 known failure expired"),
        (("F91", "F92", "F93"), False, "FELL SHORT: 3 known failures out of date"),
        (("H90", "F94"), False, "HELD: every MUST held but 1 known failure, 1 known failure about to expire"),
        (("H90", "R90"), False, "HELD: every MUST held"),
        (("R90",), False, "NOTHING JUDGED: no rule found anything to judge"),
        (("J90",), False, "NOTHING JUDGED: no rule found anything to judge"),
    ],
)
def test_headline_adds_up(rules: tuple[str, ...], strict: bool, expected: str, failing_report: Report) -> None:
    """The first line counts what made the outcome, then what did not."""
    assert headline(replace(only(failing_report, *rules), strict=strict)) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0, "0 ms"), (0.0184, "18 ms"), (0.999, "999 ms"), (0.9999, "1.00 s"), (75.5, "75.50 s")],
)
def test_duration_is_in_milliseconds_below_a_second(seconds: float, expected: str) -> None:
    """Short times keep their digits, long ones do not drown in them."""
    assert duration(seconds) == expected
