"""Objectives: limits that a run must hold, written as k6 writes thresholds, and judged from exact rows.

A stream that failed before it had a value counts as one that never came, so that ``p(95)<1.2s`` reads "95 % of
all streams within 1.2 s" and an endpoint cannot look fast by failing. Streams that were cut short by the end of
the run tell nothing, and are left out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import fsum, inf
from operator import ge, gt, le, lt

from load.errors import ObjectiveError
from load.metrics import METRICS, RateMetric, StreamMetric, Unit
from load.quantiles import nearest_rank, streams_needed
from load.stream_row import Outcome, StreamRow

__all__ = ["Aggregate", "Objective", "Standing", "Verdict", "judge", "parse_objectives"]

_FORM = re.compile(
    r"(?P<aggregate>[a-z]+)(\((?P<percentile>\d+(\.\d+)?)\))?\s*(?P<sign><=|>=|<|>)\s*"
    r"(?P<limit>\d+(\.\d+)?)\s*(?P<unit>[a-z/]*)"
)
_SIGNS = {"<": lt, "<=": le, ">": gt, ">=": ge}
_UNITS = {
    Unit.SECONDS: {"ms": Fraction(1, 1000), "s": Fraction(1)},
    Unit.PER_SECOND: {"": Fraction(1), "/s": Fraction(1)},
}


class Aggregate(Enum):
    """How the many values of a run become one."""

    PERCENTILE = "p"
    MEDIAN = "med"
    MEAN = "avg"
    SMALLEST = "min"
    LARGEST = "max"
    RATE = "rate"


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
    def parse(cls, metric: str, text: str) -> "Objective":
        """Read an objective such as ``p(95)<1.2s`` on a metric such as ``ttfp``.

        Raises:
            ObjectiveError: The metric is unknown, or the text does not fit it; the text names what does.
        """
        known = METRICS.get(metric)
        if known is None:
            raise ObjectiveError(f"{metric!r} is not a metric; the metrics are {', '.join(METRICS)}")
        match = _FORM.fullmatch(text.strip())
        if match is None:
            raise _wrong(known, text)
        names = {aggregate.value: aggregate for aggregate in _aggregates(known)}
        aggregate = names.get(match["aggregate"])
        scale = _UNITS[known.unit].get(match["unit"])
        percentile = Fraction(match["percentile"]) if match["percentile"] else None
        if aggregate is None or scale is None or (percentile is None) is (aggregate is Aggregate.PERCENTILE):
            raise _wrong(known, text)
        if percentile is not None and not 0 < percentile < 100:
            raise _wrong(known, text)
        limit = Fraction(match["limit"]) * scale
        return cls(metric=metric, aggregate=aggregate, percentile=percentile, sign=match["sign"], limit=limit)

    @classmethod
    def parse_option(cls, text: str) -> "Objective":
        """Read an objective with its metric, such as ``ttfp:p(95)<1.2s``.

        Raises:
            ObjectiveError: As :meth:`parse`, or there is no colon.
        """
        metric, colon, limit = text.partition(":")
        if not colon:
            raise ObjectiveError(f"{text!r} is not an objective; expected METRIC:LIMIT, such as 'ttfp:p(95)<1.2s'")
        return cls.parse(metric.strip(), limit)

    def __str__(self) -> str:
        """The objective as it may be written on a command line."""
        percentile = "" if self.percentile is None else f"({_decimal(self.percentile)})"
        unit = "s" if METRICS[self.metric].unit is Unit.SECONDS else ""
        return f"{self.metric}:{self.aggregate.value}{percentile}{self.sign}{_decimal(self.limit)}{unit}"

    @property
    def streams_needed(self) -> int:
        """With fewer streams than this, the objective cannot be judged honestly."""
        if self.percentile is not None:
            return streams_needed(self.percentile)
        return streams_needed(Fraction(50)) if self.aggregate is Aggregate.MEDIAN else 1


class Standing(Enum):
    """What became of an objective."""

    HELD = "held"
    FELL_SHORT = "fell short"
    NOT_ENOUGH = "not enough streams"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of an objective, and why.

    Attributes:
        objective: What was asked.
        standing: What became of it.
        measured: The value that was compared, in the metric's unit; infinite when the streams it falls on
            failed, None when the streams do not suffice to compute it.
        streams: How many streams the value is of.
    """

    objective: Objective
    standing: Standing
    measured: float | None
    streams: int


def parse_objectives(table: Mapping[str, object]) -> tuple[Objective, ...]:
    """Objectives by metric, each a text or a list of texts: ``{"ttfp": ["p(95)<1.2s", "med<800ms"]}``.

    Raises:
        ObjectiveError: One of them cannot be read.
    """
    objectives: list[Objective] = []
    for metric, texts in table.items():
        for text in texts if isinstance(texts, list) else [texts]:
            if not isinstance(text, str):
                raise ObjectiveError(f"an objective on {metric} is {text!r}, expected text such as 'p(95)<1.2s'")
            objectives.append(Objective.parse(metric, text))
    return tuple(objectives)


def judge(objectives: Iterable[Objective], rows: Iterable[StreamRow]) -> tuple[Verdict, ...]:
    """One verdict an objective, in order. Percentiles are exact."""
    rows = tuple(rows)
    return tuple(_judge(objective, rows) for objective in objectives)


def _judge(objective: Objective, rows: Sequence[StreamRow]) -> Verdict:
    metric = METRICS[objective.metric]
    judged = [row for row in rows if row.outcome is not Outcome.CUT_SHORT]
    if isinstance(metric, RateMetric):
        streams, measured = len(judged), metric.of(rows) if judged else None
    else:
        per_stream = [values for row in judged if (values := _values(metric, row))]
        enough = len(per_stream) >= objective.streams_needed
        streams = len(per_stream)
        measured = _aggregated(objective, [value for values in per_stream for value in values]) if enough else None
    if measured is None:
        standing = Standing.NOT_ENOUGH
    else:
        held = _SIGNS[objective.sign](measured, float(objective.limit))
        standing = Standing.HELD if held else Standing.FELL_SHORT
    return Verdict(objective=objective, standing=standing, measured=measured, streams=streams)


def _values(metric: StreamMetric, row: StreamRow) -> tuple[float, ...]:
    return metric.of(row) or ((inf,) if row.outcome.is_failure else ())


def _aggregated(objective: Objective, values: Sequence[float]) -> float:
    match objective.aggregate:
        case Aggregate.MEAN:
            return fsum(values) / len(values)
        case Aggregate.SMALLEST:
            return min(values)
        case Aggregate.LARGEST:
            return max(values)
        case _:
            return nearest_rank(values, objective.percentile or Fraction(50))


def _aggregates(metric: StreamMetric | RateMetric) -> tuple[Aggregate, ...]:
    if isinstance(metric, RateMetric):
        return (Aggregate.RATE,)
    return tuple(aggregate for aggregate in Aggregate if aggregate is not Aggregate.RATE)


def _wrong(metric: StreamMetric | RateMetric, text: str) -> ObjectiveError:
    if isinstance(metric, RateMetric):
        form = "rate, one of < <= > >=, and a number: 'rate>=3.5'"
    else:
        form = "p(N) with N between 0 and 100, med, avg, min or max, one of < <= > >=, and ms or s: 'p(95)<1.2s'"
    return ObjectiveError(f"{text!r} is not an objective on {metric.name}; expected {form}")


def _decimal(value: Fraction) -> str:
    # Every value was read from a decimal, so there is a power of ten that makes it whole.
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(int(value * 10**places)).rjust(places + 1, "0")
    return digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"
