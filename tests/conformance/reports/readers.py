"""Reads each report format back, as somebody who has the text alone: the outcome, what fell short, what warned."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from junit2htmlreport.parser import Junit
from junitparser import Failure, JUnitXml, Properties

from conformance.judging.report import Report
from conformance.reports import console
from conformance.reports import render as render_format
from conformance.reports.wording import outcome_name

__all__ = ["READERS", "Read", "expected", "text_of"]

_ID = re.compile(r"\b[A-Z][0-9]{2}\b")
_RULE = re.compile(r"\b(?:MUST|SHOULD|MAY|INFO) ([A-Z][0-9]{2}) ")
_OUTCOMES = {"HELD": "held", "FELL SHORT": "fell_short", "NOTHING JUDGED": "nothing_judged"}
_OUTCOME = re.compile("HELD|FELL SHORT|NOTHING JUDGED")
_BAD = ("failed", "changed", "expired", "now passes")
# What lists rules of a run that reached nobody; the others say that nothing was judged, and leave it at that.
_ALWAYS_LIST = ("console", "json", "junit", "junit by junit2html")


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a format says.

    Attributes:
        outcome: As the JSON report names it.
        shortfalls: Ids of the rules that make the outcome bad.
        warnings: Ids of those that warn.
    """

    outcome: str
    shortfalls: frozenset[str]
    warnings: frozenset[str]


def expected(report: Report, name: str) -> Read:
    """What a format has to say of a report."""
    is_listed = report.unreachable is None or name in _ALWAYS_LIST
    return Read(
        outcome=outcome_name(report.outcome),
        shortfalls=frozenset(result.rule.id for result in report.shortfalls if is_listed),
        warnings=frozenset(result.rule.id for result in report.warnings if is_listed),
    )


def text_of(report: Report, name: str) -> str:
    """The report in the format that a reader reads."""
    if name == "console":
        return console.render(report, verbose=True)
    return render_format(report, name.split()[0])


def _console(text: str) -> Read:
    row = r"^\S ([A-Z][0-9]{2}) \S+ +(?:MUST|SHOULD|MAY|INFO) (%s)(?:$|:)"
    return Read(
        outcome=_outcome(text.splitlines()[0]),
        shortfalls=frozenset(item[1] for item in re.finditer(row % "|".join(_BAD), text, re.MULTILINE)),
        warnings=frozenset(item[1] for item in re.finditer(row % "warned", text, re.MULTILINE)),
    )


def _json(text: str) -> Read:
    document = json.loads(text)
    return Read(
        outcome=document["outcome"],
        shortfalls=frozenset(document["shortfalls"]),
        warnings=frozenset(document["warnings"]),
    )


def _junitparser(text: str) -> Read:
    suite = next(iter(JUnitXml.fromstring(text.encode("utf-8"))))
    failed = [case.name for case in suite if any(isinstance(item, Failure) for item in case.result)]
    warned = [case.name for case in suite if {"warned"} & {item.value for item in case.child(Properties) or ()}]
    return Read(
        outcome={item.name: item.value for item in suite.properties()}["outcome"],
        shortfalls=_ids(failed),
        warnings=_ids(warned),
    )


def _junit2html(text: str) -> Read:
    (suite,) = Junit(xmlstring=text).suites
    return Read(
        outcome={item.name: item.value for item in suite.properties}["outcome"],
        shortfalls=_ids(case.name for case in suite.failed()),
        warnings=_ids(case.name for case in suite.passed() if {"warned"} & {item.value for item in case.properties}),
    )


def _sarif(text: str) -> Read:
    (run,) = json.loads(text)["runs"]
    counted = [item for item in run["results"] if "suppressions" not in item]
    return Read(
        outcome={0: "held", 1: "fell_short", 3: "nothing_judged"}[run["invocations"][0]["exitCode"]],
        shortfalls=_ids(item["ruleId"] for item in counted if item["level"] == "error"),
        warnings=_ids(item["ruleId"] for item in counted if item["level"] == "warning"),
    )


def _markdown(text: str) -> Read:
    sections = {part.split(" (")[0]: part for part in text.split("\n#### ")}
    return Read(
        outcome=_outcome(text.splitlines()[0]),
        shortfalls=_rules_of(sections.get("Fell short", "")),
        warnings=_rules_of(sections.get("Warnings", "")),
    )


def _rules_of(section: str) -> frozenset[str]:
    summaries = re.findall(r"<summary><b>\w+ ([A-Z][0-9]{2})</b>", section)
    left_out = [line for line in section.splitlines() if "no room here" in line]
    rules = frozenset([*summaries, *_RULE.findall(" ".join(left_out))])
    counted = re.search(r"\(([0-9]+)\)", section)
    assert len(rules) == int(counted[1] if counted else 0)
    return rules


def _github(text: str) -> Read:
    first, *others = text.splitlines()
    commands = [re.fullmatch(r"::(error|warning) title=([^:,]*)::(.*)", line) for line in others]
    found: dict[str, set[str]] = {"error": set(), "warning": set()}
    for command in commands:
        assert command is not None
        kind, title, message = command.groups()
        found[kind] |= set(_ID.findall(message if title.startswith("and ") else title.split()[1]))
    return Read(outcome=_outcome(first), shortfalls=frozenset(found["error"]), warnings=frozenset(found["warning"]))


def _outcome(text: str) -> str:
    found = _OUTCOME.search(text)
    assert found is not None
    return _OUTCOMES[found[0]]


def _ids(names: Iterable[str]) -> frozenset[str]:
    return frozenset(item[0] for name in names if (item := _ID.match(name)))


READERS: Mapping[str, Callable[[str], Read]] = MappingProxyType(
    {
        "console": _console,
        "github": _github,
        "json": _json,
        "junit": _junitparser,
        "junit by junit2html": _junit2html,
        "markdown": _markdown,
        "sarif": _sarif,
    }
)
"""A reader for each format; behind the format's name may stand which one it is."""
