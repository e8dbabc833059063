"""What an earlier run found, read back from the JSON report that it wrote."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.catalogue import Verdict
from conformance.core import UsageError
from conformance.stream.payload import Json, parse_payload

__all__ = ["REPORT_FORMAT", "PastReport", "PastResult", "parse_past_report"]

REPORT_FORMAT = "fal-stream-report/1"
"""Name and version. The number rises when a field goes or changes its meaning, not when one is added."""

_MOST_QUOTED_CHARACTERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PastResult:
    """What one rule said then.

    Attributes:
        name: The fault, in kebab-case.
        level: What a gate did when it failed: ``MUST``, ``SHOULD``, ``MAY`` or ``INFO``.
        verdict: The verdict.
        symptoms: What it looked like, where it fell short.
    """

    name: str
    level: str
    verdict: Verdict
    symptoms: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReport:
    """An earlier report, as far as a later one is compared with it.

    Attributes:
        endpoint: The URL that was asked, secrets removed.
        profile: Name of the profile.
        rule_set: Name of the rule set.
        started: Wall-clock start, ISO 8601 in UTC; empty if it was not recorded.
        has_judged: Whether that run judged anything.
        results: What each rule of the rule set said, by id.
    """

    endpoint: str
    profile: str
    rule_set: str
    started: str
    has_judged: bool
    results: Mapping[str, PastResult]


def parse_past_report(text: str, name: str) -> PastReport:
    """Read a JSON report; what is not known of it is left alone, as the format promises.

    Args:
        text: The document.
        name: What an error calls it.

    Raises:
        UsageError: It is not JSON, not a report, of another version, or damaged; the text says where.
    """
    document = parse_payload(text)
    if document.error is not None:
        raise UsageError(f"{name} is not JSON: {document.error} (at character {document.error_position})")
    found = document.members.get("format")
    if found != REPORT_FORMAT:
        raise UsageError(f"{name} is not a report: its 'format' is {_quoted(found)}, expected {REPORT_FORMAT!r}")
    return _report(_Table(document.value, name))


def _report(table: "_Table") -> PastReport:
    return PastReport(
        endpoint=table.text("endpoint"),
        profile=table.text("profile"),
        rule_set=table.table("suite").text("rule_set"),
        started=table.text("started"),
        has_judged=table.text("outcome") != "nothing_judged",
        results={item.text("rule"): _result(item) for item in table.tables("results") if item.is_true("scored")},
    )


def _result(table: "_Table") -> PastResult:
    verdicts = {verdict.value: verdict for verdict in Verdict}
    word = table.text("verdict")
    if word not in verdicts:
        raise table.refusal("verdict", f"one of {', '.join(verdicts)}")
    return PastResult(
        name=table.text("name"),
        level=table.text("level"),
        verdict=verdicts[word],
        symptoms=frozenset(table.texts("symptoms")),
    )


class _Table:
    """The members of one object, each read as what it has to be."""

    def __init__(self, value: Json, where: str) -> None:
        if not isinstance(value, dict):
            raise UsageError(f"{where} is {_quoted(value)}, expected an object")
        self._values = value
        self._where = where

    def text(self, key: str) -> str:
        value = self._values.get(key)
        if not isinstance(value, str):
            raise self.refusal(key, "a text")
        return value

    def is_true(self, key: str) -> bool:
        value = self._values.get(key)
        if not isinstance(value, bool):
            raise self.refusal(key, "true or false")
        return value

    def texts(self, key: str) -> list[str]:
        values = self._values.get(key)
        if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
            raise self.refusal(key, "a list of texts")
        return [item for item in values if isinstance(item, str)]

    def table(self, key: str) -> "_Table":
        return _Table(self._values.get(key), f"{self._where}: {key}")

    def tables(self, key: str) -> Iterator["_Table"]:
        values = self._values.get(key)
        if not isinstance(values, list):
            raise self.refusal(key, "a list")
        for index, value in enumerate(values):
            yield _Table(value, f"{self._where}: {key}[{index}]")

    def refusal(self, key: str, expected: str) -> UsageError:
        found = _quoted(self._values[key]) if key in self._values else "missing"
        return UsageError(f"{self._where}: {key} is {found}, expected {expected}")


def _quoted(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_QUOTED_CHARACTERS else f"{text[:_MOST_QUOTED_CHARACTERS]}..."
