"""Objectives that a baseline run would hold, with room for the next one: a start where nobody has limits yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, log10

from load.estimate import Estimate, percentile_estimate
from load.metrics.failure_ratio import FAILURE_RATIO
from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.images_per_second import IMAGES_PER_SECOND
from load.metrics.longest_gap import LONGEST_GAP
from load.metrics.steps_per_second import STEPS_PER_SECOND
from load.metrics.time_to_final import TIME_TO_FINAL
from load.objectives import Objective, limit_text
from load.quantiles import streams_needed
from load.run import Run
from load.value_text import value_text

__all__ = ["Suggestion", "suggest", "suggestions_toml"]

SLACK = 0.2
"""How much worse than the far end of its interval a figure may become before the objective falls short."""

_FELT = (FIRST_PREVIEW, LONGEST_GAP, TIME_TO_FINAL)
_RATES = (IMAGES_PER_SECOND, STEPS_PER_SECOND)
_DIGITS = 2
# The highest of these that the run has enough streams for.
_PERCENTILES = (Fraction(99), Fraction(95), Fraction(90), Fraction(50))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A limit, and what it was taken from.

    Attributes:
        objective: The limit.
        measured: What the baseline run measured.
    """

    objective: Objective
    measured: Estimate


def suggest(run: Run) -> tuple[Suggestion, ...]:
    """Limits for what users feel and for throughput: a fifth beyond the far end of each figure's interval.

    A figure that the run has too few streams for gets none. The limit is rounded to two digits, away from what was
    measured.
    """
    return (*_of_streams(run), *_of_rates(run), *_of_failures(run))


def suggestions_toml(run: Run, suggestions: tuple[Suggestion, ...]) -> str:
    """The suggestions as an objectives file, each with what it was taken from."""
    head = (
        f"# Suggested by a run of {run.fingerprint.scenario} at {run.fingerprint.started_at}.",
        f"# Each limit is {SLACK:.0%} beyond the far end of the interval that was measured; users may need less.",
        "objectives = [",
    )
    return "\n".join([*head, *map(_line, suggestions), "]", ""])


def _of_streams(run: Run) -> Iterator[Suggestion]:
    for metric in _FELT:
        per_stream = metric.per_stream(run.measured)
        percentile = next((one for one in _PERCENTILES if streams_needed(one) <= len(per_stream)), None)
        if percentile is None:
            continue
        measured = percentile_estimate(per_stream, percentile)
        if measured.high:
            limit = _rounded(measured.high * (1 + SLACK), ceil)
            yield _suggestion(f"{metric.name}_p{percentile} <= {limit_text(limit, metric.unit)}", measured)


def _of_rates(run: Run) -> Iterator[Suggestion]:
    for metric in _RATES:
        measured = metric.of(run)
        if measured is not None and measured.low:
            limit = _rounded(measured.low * (1 - SLACK), floor)
            yield _suggestion(f"{metric.name} >= {limit_text(limit, metric.unit)}", measured)


def _of_failures(run: Run) -> Iterator[Suggestion]:
    measured = FAILURE_RATIO.of(run)
    if measured is not None and measured.high is not None:
        limit = min(_rounded(measured.high, ceil), Fraction(1))
        yield _suggestion(f"{FAILURE_RATIO.name} <= {limit_text(limit, FAILURE_RATIO.unit)}", measured)


def _suggestion(text: str, measured: Estimate) -> Suggestion:
    return Suggestion(objective=Objective.parse(text), measured=measured)


def _line(one: Suggestion) -> str:
    measured, unit = one.measured, one.objective.unit
    ends = " to ".join("?" if end is None else value_text(end, unit) for end in (measured.low, measured.high))
    return f'  "{one.objective}",  # measured {value_text(measured.value, unit)}, {ends}, {measured.streams} streams'


def _rounded(value: float, towards: Callable[[Fraction], int]) -> Fraction:
    # Two digits say what is known; the rest would be noise that looks like precision.
    scale = Fraction(10) ** (floor(log10(value)) - _DIGITS + 1)
    return towards(Fraction(value) / scale) * scale
