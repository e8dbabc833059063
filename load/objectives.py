"""Objectives: limits that a run must hold, such as ``ttfp_p95 <= 1.5 s``, judged from exact rows.

A stream that failed before it had a value counts as one that never came, so that ``ttfp_p95 <= 1.5 s`` reads
"95 % of all streams within 1.5 s" and an endpoint cannot look fast by failing. Streams that were cut short by the
end of the run, or left on purpose before they had a value, tell nothing and are left out.
"""

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import inf, isinf

from load.errors import ObjectiveError
from load.estimate import Estimate, mean_estimate, percentile_estimate
from load.goodput import StreamLimit, goodput_per_second
from load.metrics import METRICS, RunMetric, StreamMetric, Unit
from load.quantiles import streams_needed
from load.run import Run
from load.stream_row import StreamRow

__all__ = ["GOODPUT", "Aggregate", "Objective", "Standing", "Verdict", "judge", "stream_limits"]

GOODPUT = "goodput"
"""Good pictures per second, where good means every other objective on a stream's own metrics."""

_FORM = re.compile(r"(?P<name>[a-z_0-9.]+)\s*(?P<sign><=|>=|<|>)\s*(?P<limit>\d+(\.\d+)?)\s*(?P<unit>%|[A-Za-z/]*)")
_PERCENTILE = re.compile(r"p(?P<percentile>\d{1,2}(\.\d+)?)")
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_UNITS: dict[Unit, dict[str, Fraction]] = {
    Unit.SECONDS: {"ms": Fraction(1, 1000), "s": Fraction(1)},
    Unit.PER_SECOND: {"": Fraction(1), "/s": Fraction(1)},
    Unit.RATIO: {"": Fraction(1), "%": Fraction(1, 100)},
    Unit.COUNT: {"": Fraction(1)},
    Unit.BYTES: {"B": Fraction(1), "kB": Fraction(1000), "MB": Fraction(1_000_000)},
    Unit.PRICE: {"": Fraction(1)},
}


class Aggregate(Enum):
    """How the many values of a run become one."""

    PERCENTILE = "p"
    MEDIAN = "median"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    WHOLE = ""
    """The metric has one value a run."""


class Standing(Enum):
    """What became of an objective."""

    HELD = "held"
    FELL_SHORT = "fell short"
    NOT_TESTABLE = "not testable"
    """Too few streams, or none that tell. It is never a pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """A limit that a run must hold.

    Attributes:
        metric: The name of a metric.
        aggregate: How the metric's values become one.
        percentile: Which percentile, when the aggregate is one; else None.
        sign: ``<``, ``<=``, ``>`` or ``>=``.
        limit: The limit, in the metric's unit.
    """

    metric: str
    aggregate: Aggregate
    percentile: Fraction | None = None
    sign: str
    limit: Fraction

    @classmethod
    def parse(cls, text: str) -> "Objective":
        """Read an objective such as ``ttfp_p95 <= 1.5 s`` or ``failure_ratio <= 0.1 %``.

        Raises:
            ObjectiveError: The text is none; the error names what would be.
        """
        match = _FORM.fullmatch(text.strip())
        if match is None:
            raise ObjectiveError(f"{text!r} is not an objective; expected one such as 'ttfp_p95 <= 1.5 s'")
        metric, aggregate, percentile = _named(match["name"])
        units = _UNITS[_unit_of(metric)]
        if match["unit"] not in units:
            expected = " or ".join(repr(unit) if unit else "none" for unit in units)
            raise ObjectiveError(f"{text!r} has the unit {match['unit'] or 'none'!r}, expected {expected}")
        limit = Fraction(match["limit"]) * units[match["unit"]]
        return cls(metric=metric, aggregate=aggregate, percentile=percentile, sign=match["sign"], limit=limit)

    def __str__(self) -> str:
        """The objective as it may be written."""
        suffix = self.aggregate.value if self.percentile is None else f"p{_decimal(self.percentile)}"
        name = f"{self.metric}_{suffix}" if suffix else self.metric
        return f"{name} {self.sign} {limit_text(self.limit, self.unit)}"

    @property
    def unit(self) -> Unit:
        """The unit of its limit."""
        return _unit_of(self.metric)

    @property
    def is_upper(self) -> bool:
        """Whether less is better."""
        return self.sign in ("<", "<=")

    @property
    def streams_needed(self) -> int:
        """With fewer streams than this, no interval bounds the value on the side of the limit."""
        if self.aggregate is Aggregate.WHOLE:
            return 1
        if self.percentile is None:
            return streams_needed(Fraction(50)) if self.aggregate is Aggregate.MEDIAN else 1
        return streams_needed(self.percentile)

    def holds(self, value: float) -> bool:
        """Whether a value is within the limit."""
        return _SIGNS[self.sign](value, float(self.limit))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of an objective, and why.

    Attributes:
        objective: What was asked.
        standing: What became of it.
        measured: The value that was compared, with its interval, in the metric's unit; infinite when the streams it
            falls on failed; None when no stream tells.
        streams_needed: How many streams the objective takes.
    """

    objective: Objective
    standing: Standing
    measured: Estimate | None
    streams_needed: int

    @property
    def is_close(self) -> bool:
        """Whether the limit lies inside the interval, so that another run might say otherwise."""
        measured, limit = self.measured, float(self.objective.limit)
        if (
            self.standing is Standing.NOT_TESTABLE
            or measured is None
            or isinf(measured.value)
            or (measured.low is None and measured.high is None)
        ):
            return False
        low = -inf if measured.low is None else measured.low
        high = inf if measured.high is None else measured.high
        return low <= limit <= high


def judge(objectives: Sequence[Objective], run: Run) -> tuple[Verdict, ...]:
    """One verdict an objective, in order. Percentiles are exact."""
    limits = stream_limits(objectives)
    return tuple(_judge(objective, run, limits) for objective in objectives)


def stream_limits(objectives: Iterable[Objective]) -> tuple[StreamLimit, ...]:
    """The objectives on streams' own metrics, as what each single stream is to hold."""
    return tuple(
        StreamLimit(metric=metric, sign=_SIGNS[objective.sign], limit=float(objective.limit))
        for objective in objectives
        if isinstance(metric := METRICS.get(objective.metric), StreamMetric) and metric.is_of_endpoint
    )


def limit_text(limit: Fraction, unit: Unit) -> str:
    """A limit with its unit, as an objective is written."""
    if unit is Unit.RATIO:
        return f"{_decimal(limit * 100)} %"
    spelled = {Unit.SECONDS: " s", Unit.PER_SECOND: "/s", Unit.BYTES: " B"}.get(unit, "")
    return f"{_decimal(limit)}{spelled}"


def _judge(objective: Objective, run: Run, limits: Sequence[StreamLimit]) -> Verdict:
    needed = objective.streams_needed
    measured = _measured(objective, run, limits)
    if measured is None:
        standing = Standing.NOT_TESTABLE
    elif measured.streams >= needed:
        standing = Standing.HELD if objective.holds(measured.value) else Standing.FELL_SHORT
    else:
        standing = Standing.FELL_SHORT if _is_beyond_doubt(objective, measured) else Standing.NOT_TESTABLE
    return Verdict(objective=objective, standing=standing, measured=measured, streams_needed=needed)


def _is_beyond_doubt(objective: Objective, measured: Estimate) -> bool:
    # Few streams cannot show that a limit is held, but they can show that it is not.
    nearest = measured.low if objective.is_upper else measured.high
    return nearest is not None and not objective.holds(nearest)


def _measured(objective: Objective, run: Run, limits: Sequence[StreamLimit]) -> Estimate | None:
    if objective.metric == GOODPUT:
        return goodput_per_second(run, limits)
    metric = METRICS[objective.metric]
    if isinstance(metric, RunMetric):
        return metric.of(run)
    per_stream = [values for row in run.measured if (values := _values(metric, row))]
    return _aggregated(objective, per_stream) if per_stream else None


def _values(metric: StreamMetric, row: StreamRow) -> tuple[float, ...]:
    return metric.of(row) or ((inf,) if row.outcome.is_failure and metric.is_of_endpoint else ())


def _aggregated(objective: Objective, per_stream: Sequence[tuple[float, ...]]) -> Estimate:
    pooled = [value for values in per_stream for value in values]
    match objective.aggregate:
        case Aggregate.MEAN if inf in pooled:
            return Estimate(value=inf, streams=len(per_stream))
        case Aggregate.MEAN:
            return mean_estimate([sum(values) / len(values) for values in per_stream])
        case Aggregate.MIN:
            return Estimate(value=min(pooled), streams=len(per_stream))
        case Aggregate.MAX:
            return Estimate(value=max(pooled), streams=len(per_stream))
        case _:
            return percentile_estimate(per_stream, objective.percentile or Fraction(50))


def _named(name: str) -> tuple[str, Aggregate, Fraction | None]:
    metric, aggregate, percentile = name, Aggregate.WHOLE, None
    if name not in METRICS and name != GOODPUT:
        metric, _, suffix = name.rpartition("_")
        match = _PERCENTILE.fullmatch(suffix)
        percentile = Fraction(match["percentile"]) if match else None
        suffixes = {one.value: one for one in (Aggregate.MEDIAN, Aggregate.MEAN, Aggregate.MIN, Aggregate.MAX)}
        found = Aggregate.PERCENTILE if match else suffixes.get(suffix)
        if metric not in METRICS or found is None or percentile == 0:
            raise ObjectiveError(f"{name!r} is not a metric that can be limited; {_valid_names()}")
        aggregate = found
    needs_aggregate = isinstance(METRICS.get(metric), StreamMetric)
    if needs_aggregate is (aggregate is Aggregate.WHOLE):
        raise ObjectiveError(f"{name!r} is not a metric that can be limited; {_valid_names()}")
    return metric, aggregate, percentile


def _valid_names() -> str:
    of_streams = [name for name, metric in METRICS.items() if isinstance(metric, StreamMetric)]
    of_runs = [name for name, metric in METRICS.items() if isinstance(metric, RunMetric)]
    return (
        f"with _p50, _p95, _p99 (or any other percentile), _median, _mean, _min or _max: {', '.join(of_streams)}; "
        f"as they are: {', '.join([*of_runs, GOODPUT])}"
    )


def _unit_of(metric: str) -> Unit:
    return Unit.PER_SECOND if metric == GOODPUT else METRICS[metric].unit


def _decimal(value: Fraction) -> str:
    # Every value was read from a decimal, so there is a power of ten that makes it whole.
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(int(value * 10**places)).rjust(places + 1, "0")
    return digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"
