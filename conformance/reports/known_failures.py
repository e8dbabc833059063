"""The list of known failures that would excuse this run, as TOML to be filled in.

Entries that tell the truth are kept as they are. New ones have the symptoms of this run, and question marks where only
a person knows: a list with one of those is refused, so that nothing is excused unread.
"""

from collections.abc import Iterator

from conformance.judging.known_failures import ExcuseState, KnownFailure
from conformance.judging.report import Report
from conformance.judging.rule_result import RuleResult
from conformance.reports.escaping import printable
from conformance.reports.excuses import excuse_line
from conformance.reports.standing import Standing, standing

__all__ = ["render"]

_HEAD = """\
# Known failures: rules that may fall short for a while. Fill in what is "?"; until then the list is refused.
#   reason    why it cannot be mended yet
#   owner     who mends it
#   expires   the last day on which it is excused, in UTC, without quotes: 2027-01-31
#   symptoms  what it looks like; another symptom fails the run. Leave the line out to excuse any.
"""
_UNKNOWN = "?"
_NEW = (Standing.FAILED, Standing.WARNED)
_UNREMARKABLE = (ExcuseState.EXPECTED, ExcuseState.IDLE)


def render(report: Report) -> str:
    """The list as TOML, one table a rule, in catalogue order; only comments where nothing fell short."""
    return "".join([_HEAD, *(_entry(report, result) for result in report.scored if _is_listed(report, result))])


def _is_listed(report: Report, result: RuleResult) -> bool:
    if result.excuse is not None:
        return result.excuse.state is not ExcuseState.PASSES_NOW
    return standing(report, result) in _NEW


def _entry(report: Report, result: RuleResult) -> str:
    rule = result.rule
    lines = ["", *_comments(result), f"[{rule.id}]"]
    entry = None if result.excuse is None else result.excuse.entry
    lines.append(f"reason = {_quoted(entry.reason if entry else _UNKNOWN)}")
    lines.append(f"owner = {_quoted(entry.owner if entry else _UNKNOWN)}")
    lines.append(f"expires = {_expires(result, entry)}")
    symptoms = _symptoms(result, entry)
    if symptoms:
        lines.append(f"symptoms = [{', '.join(map(_quoted, symptoms))}]")
    return "\n".join(lines) + "\n"


def _comments(result: RuleResult) -> Iterator[str]:
    yield f"# {result.rule.level.value} {result.rule.name}: {printable(result.rule.requirement)}"
    for symptom, text in sorted(result.complaints.items()):
        yield f"#   {symptom}  {printable(text)}"
    if result.excuse is not None and result.excuse.state not in _UNREMARKABLE:
        yield f"# {printable(excuse_line(result))}"


def _expires(result: RuleResult, entry: KnownFailure | None) -> str:
    is_over = result.excuse is None or result.excuse.state is ExcuseState.EXPIRED
    return _quoted(_UNKNOWN) if entry is None or is_over else entry.expires.isoformat()


def _symptoms(result: RuleResult, entry: KnownFailure | None) -> tuple[str, ...]:
    """Those of a new entry, or of one that named some and met another; an entry without any excuses all."""
    if entry is None:
        return result.symptoms
    return tuple(sorted({*entry.symptoms, *result.symptoms})) if entry.symptoms else ()


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(one):04x}" if ord(one) < 0x20 or ord(one) == 0x7F else one for one in escaped) + '"'
