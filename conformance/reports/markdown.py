"""The report as GitHub Markdown, for a step summary or a comment on a pull request.

A comment may have 65,536 characters; what does not fit is named by rule alone, and the number of those that do not
fit even so is told.
"""

from collections.abc import Iterator, Sequence

from conformance.catalogue import Verdict
from conformance.judging.comparison import compare
from conformance.judging.report import Outcome, Report
from conformance.judging.rule_result import RuleResult
from conformance.reports.changes import named_change, said_of, since_headline
from conformance.reports.client_versions import client_version
from conformance.reports.clients_table import ending, final_word
from conformance.reports.curl import curl_line, request_to_reproduce
from conformance.reports.excerpt_rows import excerpt_rows
from conformance.reports.excuses import excuse_line
from conformance.reports.markdown_text import cell, clipped, code, fenced, prose
from conformance.reports.overview import named_durations
from conformance.reports.standing import Standing, standing
from conformance.reports.wording import counted, first_said, headline, location
from conformance.stream.finding import Finding

__all__ = ["MOST_CHARACTERS", "render"]

MOST_CHARACTERS = 65_536
"""What GitHub takes as a comment; a step summary may be sixteen times as long."""

# A rule takes up to some 3,000 characters; the rules named below each of these take 4,000 at most.
_MOST_SHORTFALL_CHARACTERS = 32_000
_MOST_WARNING_CHARACTERS = 10_000
_MOST_OPEN = 3
_MOST_LIST_ITEMS = 40
_MOST_FINDINGS = 3
_MOST_SAID_CHARACTERS = 600
_MOST_LINE_CHARACTERS = 200
_MOST_CURL_CHARACTERS = 4_000
# Wider ones are scrolled on GitHub's pages.
_EXCERPT_COLUMNS = 96
_NO_ROOM = "There is no room here for the rest, which other formats have."
_MARKS = {Outcome.HELD: "✅", Outcome.FELL_SHORT: "❌", Outcome.NOTHING_JUDGED: "⛔"}
_SHORTFALLS = (Standing.FAILED, Standing.CHANGED, Standing.EXPIRED, Standing.NOW_PASSES)


def render(report: Report) -> str:
    """The report as Markdown, at most as long as a comment may be."""
    blocks = [
        f"### {_MARKS[report.outcome]} {_headline(report)}",
        _facts(report),
        *_rules(report, "Fell short", _SHORTFALLS, room=_MOST_SHORTFALL_CHARACTERS, opened=_MOST_OPEN),
        *_rules(report, "Warnings", (Standing.WARNED,), room=_MOST_WARNING_CHARACTERS),
        *_since(report),
        *_clients(report),
        *_timings(report),
        *_reproduction(report),
        *_uncounted(report),
    ]
    return "\n\n".join(_fitted(blocks)) + "\n"


def _fitted(blocks: Sequence[str]) -> Iterator[str]:
    """The blocks that fit; each is whole by itself, so that what is left out leaves nothing open."""
    room = MOST_CHARACTERS - len(_NO_ROOM) - 3
    for block in blocks:
        room -= len(block) + 2
        if room < 0:
            yield _NO_ROOM
            return
        yield block


def _headline(report: Report) -> str:
    """The verdict; where nothing was judged it may quote the endpoint, and is quoted itself."""
    said = headline(report)
    return _said(said) if report.outcome is Outcome.NOTHING_JUDGED else prose(said)


def _facts(report: Report) -> str:
    cost = f"{counted(report.cost.generations, 'generation')}, {counted(report.cost.requests, 'request')}"
    facts = [
        ("Endpoint", _said(report.endpoint)),
        ("Profile", _said(report.profile.name)),
        ("Rules", "" if report.rule_set.rules is None else _said(report.rule_set.name)),
        ("Started", _said(report.started_at) if report.started_at else ""),
        ("Cost", cost),
    ]
    return "\n".join(f"- {label}: {text}" for label, text in facts if text)


def _said(text: str, most_characters: int = _MOST_SAID_CHARACTERS) -> str:
    return code(clipped(text, most_characters))


def _rules(report: Report, title: str, wanted: Sequence[Standing], *, room: int, opened: int = 0) -> Iterator[str]:
    found = [result for result in report.results if standing(report, result) in wanted]
    if not found or report.unreachable is not None:
        return
    yield f"#### {title} ({len(found)})"
    for index, result in enumerate(found):
        block = _rule(result, is_open=index < opened)
        room -= len(block)
        if room < 0:
            yield _left_out(found[index:])
            return
        yield block


def _left_out(results: Sequence[RuleResult]) -> str:
    named = ", ".join(f"{item.rule.level.value} {item.rule.id} {item.rule.name}" for item in results)
    return f"And {counted(len(results), 'more rule')}, for which there is no room here: {named}"


def _rule(result: RuleResult, *, is_open: bool) -> str:
    rule = result.rule
    mark = "<details open>" if is_open else "<details>"
    return "\n\n".join(
        [
            f"{mark}<summary><b>{rule.level.value} {rule.id}</b> {rule.name}</summary>",
            prose(rule.requirement),
            *_seen(result),
            *_advice(result),
            "</details>",
        ]
    )


def _advice(result: RuleResult) -> Iterator[str]:
    rule = result.rule
    if result.verdict.falls_short:  # a known failure that passes now has been mended
        yield f"- Consequence: {prose(rule.consequence)}\n- Fix: {prose(rule.fix)}\n- [Reference](<{rule.reference}>)"


def _seen(result: RuleResult) -> Iterator[str]:
    if result.excuse is not None:
        yield f"Known failure: {_said(excuse_line(result))}"
    if result.verdict is Verdict.NOT_TESTABLE:
        yield f"Not testable: {_said(result.reason)}"
    for finding in result.findings[:_MOST_FINDINGS]:
        yield _finding(finding)
    if len(result.findings) > _MOST_FINDINGS:
        yield f"And {counted(len(result.findings) - _MOST_FINDINGS, 'more finding')}."


def _finding(finding: Finding) -> str:
    said = f"{_said(finding.message)}<br>{_said(location(finding))}"
    if finding.excerpt is None:
        return said
    row, _ = excerpt_rows(finding.excerpt, width=_EXCERPT_COLUMNS)
    return f"{said}\n\n{fenced(row.text, row.marks)}"


def _since(report: Report) -> Iterator[str]:
    comparison = compare(report)
    if comparison is None:
        return
    yield f"#### Since {_said(comparison.past.started or 'the earlier report')}"
    yield prose(since_headline(comparison))
    lines = [f"⚠ {_said(remark)}" for remark in comparison.remarks]
    lines += [
        f"{_said(named_change(item), _MOST_LINE_CHARACTERS)} {_said(said_of(item), _MOST_LINE_CHARACTERS)}"
        for item in comparison.changes
    ]
    yield from _bullets(lines)


def _uncounted(report: Report) -> Iterator[str]:
    """What does not count, or not yet: known failures, newer rules, notes."""
    stands = {result.rule.id: standing(report, result) for result in report.results}
    known = [item for item in report.results if stands[item.rule.id] is Standing.EXPECTED]
    newer = [item for item in report.results if stands[item.rule.id] is Standing.UNSCORED and item.verdict.falls_short]
    noted = [(item, first_said(item)) for item in report.results if stands[item.rule.id] is Standing.NOTED]
    noted += [(item, finding.message) for item in report.scored for finding in item.notes]
    for title, lines in (
        ("Known failures", [_line(item, excuse_line(item)) for item in known]),
        (f"Unscored, newer than {report.rule_set.name}", [_line(item, first_said(item)) for item in newer]),
        ("Notes", [_line(item, said) for item, said in noted]),
    ):
        if lines and report.unreachable is None:
            yield "\n\n".join([f"<details><summary>{title} ({len(lines)})</summary>", *_bullets(lines), "</details>"])


def _line(result: RuleResult, said: str) -> str:
    rule = result.rule
    return f"**{rule.level.value} {rule.id}** {rule.name}: {_said(said, _MOST_LINE_CHARACTERS)}"


def _bullets(lines: Sequence[str]) -> Iterator[str]:
    if lines:
        more = [f"and {len(lines) - _MOST_LIST_ITEMS} more"] if len(lines) > _MOST_LIST_ITEMS else []
        yield "\n".join(f"- {line}" for line in (*lines[:_MOST_LIST_ITEMS], *more))


def _clients(report: Report) -> Iterator[str]:
    if not report.clients:
        return
    rows = ["| client | events | final | ends |", "| --- | --- | --- | --- |"]
    for item in report.clients:
        name = cell(f"{item.client.name} {client_version(item.client).text}")
        ends = cell(clipped(ending(item), _MOST_LINE_CHARACTERS))
        rows.append(f"| {name} | {item.delivered} of {item.expected} | {final_word(item)} | {ends} |")
    yield "\n".join(rows)


def _timings(report: Report) -> Iterator[str]:
    if report.timings is None:
        return
    durations = named_durations(report.timings)
    yield "\n".join(
        f"| {' | '.join(row)} |" for row in (list(durations), ["---:"] * len(durations), list(durations.values()))
    )


def _reproduction(report: Report) -> Iterator[str]:
    request = request_to_reproduce(report)
    if request is None:
        return
    line = curl_line(request)
    if len(line) > _MOST_CURL_CHARACTERS:
        yield "The request is too long to be shown here; the `json` report has it."
        return
    yield f"<details><summary>Reproduce</summary>\n\n{fenced(line, language='sh')}\n\n</details>"
