"""A trend in words, for every form of it."""

import re
from collections import Counter
from collections.abc import Sequence

from load.history.figure_label import FigureLabel
from load.trend.change_point import ChangePoint
from load.trend.sensitivity import Sensitivity
from load.trend.series import Series, Subject, TrendPoint, Trust
from load.trend.trend import Trend
from load.value_text import value_text

__all__ = [
    "amount_text",
    "between_text",
    "chance_text",
    "change_text",
    "commit_text",
    "hash_text",
    "headline_text",
    "runs_text",
    "sensitivity_text",
    "subject_text",
    "when_text",
]

_SMALLEST_P_VALUE = 1e-6
_WHOLE_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHORT_DIGITS = 12
_TO_THE_MINUTE = 16


def headline_text(trends: Sequence[Trend]) -> str:
    """How many changes there are in how many series."""
    changes = sum(len(trend.changes) for trend in trends)
    found = "no change" if not changes else "1 change" if changes == 1 else f"{changes} changes"
    return f"{found} in {len(trends)} series"


def change_text(change: ChangePoint, label: FigureLabel) -> str:
    """How much, when, between which commits, in one line."""
    return (
        f"{amount_text(change)} at {when_text(change.at)}, {_levels_text(change, label)}, {between_text(change)} "
        f"({chance_text(change)})"
    )


def amount_text(change: ChangePoint) -> str:
    """How much, such as ``+10.2 %``."""
    share = change.relative_change
    return "from nothing" if share is None else f"{share * 100:+.3g} %"


def _levels_text(change: ChangePoint, label: FigureLabel) -> str:
    return f"from {value_text(change.before, label.unit)} to {value_text(change.after, label.unit)}"


def between_text(change: ChangePoint) -> str:
    """Between which commits, or which runs where a commit does not tell."""
    before, after = change.last_before, change.first_after
    if not (before.commit and after.commit):
        return f"between runs {before.run_id} and {after.run_id}"
    if before.commit == after.commit:
        return f"between two runs of commit {commit_text(before)}"
    return f"between commits {commit_text(before)} and {commit_text(after)}"


def chance_text(change: ChangePoint) -> str:
    """The p value in one digit."""
    small = change.p_value < _SMALLEST_P_VALUE
    return f"p below {_SMALLEST_P_VALUE:g}" if small else f"p {change.p_value:.1g}"


def commit_text(point: TrendPoint) -> str:
    """The commit, a whole hash cut short; the run where there is no commit."""
    if not point.commit:
        return f"run {point.run_id}"
    return hash_text(point.commit)


def hash_text(text: str) -> str:
    """A whole hash cut short, and any other text as it is."""
    return text[:_SHORT_DIGITS] if _WHOLE_HASH.fullmatch(text) else text


def when_text(at: str) -> str:
    """An instant to the minute; all are in UTC."""
    return at[:_TO_THE_MINUTE].replace("T", " ")


def subject_text(subject: Subject) -> str:
    """What a figure was measured in, and where."""
    place = f"{subject.scenario} on {subject.endpoint}" if subject.endpoint else subject.scenario
    return f"{place} ({subject.variant})" if subject.variant else place


def runs_text(series: Series) -> str:
    """How many runs there are, and how many of them do not count."""
    trusts = Counter(point.trust for point in series.points)
    left_out = [f"{trusts[trust]} {trust.value}" for trust in (Trust.NOISY, Trust.INVALID) if trusts[trust]]
    runs = "1 run" if len(series.points) == 1 else f"{len(series.points)} runs"
    return f"{runs}, not counted: {', '.join(left_out)}" if left_out else runs


def sensitivity_text(sensitivity: Sensitivity) -> str:
    """What was looked for."""
    return (
        f"A change is a median that moved by at least {sensitivity.smallest_change * 100:.3g} %, seen in at least "
        f"{sensitivity.fewest_runs} runs on either side, with p at most {sensitivity.largest_p_value:g}."
    )
