"""What a stream waits after the endpoint was left alone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from load.conclusions.claims import CLAIM_CONFIDENCE, excludes
from load.conclusions.phrases import interval, median_of, seconds
from load.estimate import Estimate, mean_estimate
from load.metrics.first_preview import FIRST_PREVIEW
from load.run import Run
from load.stream_row import StreamRow

__all__ = ["conclude", "differences"]

_FIRST, _WARM = "first", "warm"
_LEAST_PAIRS = 3


def conclude(run: Run) -> tuple[str, ...]:
    """The very first stream, a warm one, and how much later the first preview comes after each idle time."""
    return (*_first(run.rows), *_warm(run.measured), *_cold(run))


def differences(rows: Sequence[StreamRow]) -> dict[str, list[float]]:
    """By group, how much later each cold stream's first preview came than that of the warm stream right after it."""
    found: dict[str, list[float]] = defaultdict(list)
    for cold, warm in pairwise(sorted(rows, key=lambda row: row.planned_ns)):
        if warm.group == _WARM and cold.group not in (_WARM, _FIRST):
            later = [a - b for a, b in zip(FIRST_PREVIEW.of(cold), FIRST_PREVIEW.of(warm), strict=False)]
            found[cold.group] += later
    return found


def _first(rows: Sequence[StreamRow]) -> Iterator[str]:
    for row in rows:
        if row.group == _FIRST:
            yield from (
                f"the first preview of the very first stream came after {seconds(t)}" for t in FIRST_PREVIEW.of(row)
            )


def _warm(rows: Sequence[StreamRow]) -> Iterator[str]:
    warm = median_of(FIRST_PREVIEW, [row for row in rows if row.group == _WARM])
    if warm is not None:
        yield f"a warm stream shows its first preview after {seconds(warm.value)} (median; {interval(warm)})"


def _cold(run: Run) -> Iterator[str]:
    by_group = differences(run.measured)
    for group in sorted(by_group, key=lambda name: float(name.split()[1])):
        later = by_group[group]
        if len(later) < _LEAST_PAIRS:
            yield f"{group} alone: too few streams to say, it takes {_LEAST_PAIRS}, each with a warm one"
        else:
            yield _sentence(group, mean_estimate(later, confidence=CLAIM_CONFIDENCE))


def _sentence(group: str, later: Estimate) -> str:
    span = interval(later, signed=True)
    if not excludes(later, 0):
        return f"{group} alone the first preview is not to be told from a warm one: {span}"
    word = "later" if later.value > 0 else "earlier"
    return f"{group} alone the first preview comes {seconds(abs(later.value))} {word} than a warm one ({span})"
