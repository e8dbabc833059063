"""The report as workflow commands of GitHub Actions: annotations on the run, one a rule that fell short.

They have to reach the log of a step, so this format is for standard output. GitHub shows ten errors, ten warnings
and ten notices of a step; the last one of too many says how many there were. Source: "Workflow commands for GitHub
Actions", https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Iterator, Sequence

from conformance.judging.report import Outcome, Report
from conformance.judging.rule_result import RuleResult
from conformance.reports.escaping import printable
from conformance.reports.excuses import excuse_line
from conformance.reports.standing import Standing, standing
from conformance.reports.wording import counted, first_said, headline, location

__all__ = ["render"]

_MOST_SHOWN = 10
_MOST_CHARACTERS = 2_000
_TITLE = "fal-stream-check"
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}
_VERDICTS = {Outcome.HELD: "notice", Outcome.FELL_SHORT: "error", Outcome.NOTHING_JUDGED: "error"}


def render(report: Report) -> str:
    """The verdict, then what fell short, one command a line; nothing of it can be read as another command."""
    lines = [_command(_VERDICTS[report.outcome], _TITLE, headline(report))]
    if report.unreachable is None:
        stands = [(result, standing(report, result)) for result in report.results]
        # The verdict is one of the ten errors.
        lines += _some("error", [item for item, stand in stands if stand.is_shortfall], _MOST_SHOWN - 1)
        lines += _some("warning", [item for item, stand in stands if stand is Standing.WARNED], _MOST_SHOWN)
    return "".join(f"{line}\n" for line in lines)


def _some(kind: str, results: Sequence[RuleResult], most: int) -> Iterator[str]:
    shown = results if len(results) <= most else results[: most - 1]
    for result in shown:
        rule = result.rule
        yield _command(kind, f"{rule.level.value} {rule.id} {rule.name}", "\n".join(_said(result)))
    left = [result.rule.id for result in results[len(shown) :]]
    if left:
        yield _command(kind, f"and {counted(len(left), 'more rule')}", ", ".join(left))


def _said(result: RuleResult) -> Iterator[str]:
    if result.excuse is not None:
        yield printable(f"known failure: {excuse_line(result)}")
    if result.verdict.falls_short:
        where = f" ({location(result.findings[0])})" if result.findings else ""
        yield printable(f"{first_said(result)}{where}")[:_MOST_CHARACTERS]
        yield f"Fix: {printable(result.rule.fix)}"


def _command(kind: str, title: str, message: str) -> str:
    return f"::{kind} title={_escaped(printable(title), _PROPERTY)}::{_escaped(_per_line(message), _DATA)}"


def _per_line(message: str) -> str:
    return "\n".join(map(printable, message.split("\n")))


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
