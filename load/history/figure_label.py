"""What a figure of the history is called, and its unit."""

from dataclasses import dataclass

from load.metrics import METRICS, Unit
from load.objectives import GOODPUT

__all__ = ["FigureLabel"]

_RATIO = "ratio"
"""What an interleaved run comes to: how many times slower the candidate was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLabel:
    """How a figure is shown.

    Attributes:
        title: What it is, in words.
        unit: Its unit. A figure that is none of load's metrics, such as a benchmark's ratio, is a plain number.
    """

    title: str
    unit: Unit

    @classmethod
    def of(cls, figure: str) -> "FigureLabel":
        """Read a name such as ``ttfp_median`` or ``images_per_second``; another is shown as it is."""
        if figure == GOODPUT:
            return cls(title="good pictures per second", unit=Unit.PER_SECOND)
        if figure in METRICS:
            return cls(title=METRICS[figure].title, unit=METRICS[figure].unit)
        name, _, aggregate = figure.rpartition("_")
        if name in METRICS and aggregate == _RATIO:
            return cls(title=f"{METRICS[name].title}, candidate over baseline", unit=Unit.COUNT)
        if name in METRICS:
            return cls(title=f"{aggregate} {METRICS[name].title}", unit=METRICS[name].unit)
        return cls(title=figure.replace("_", " "), unit=Unit.COUNT)

    @property
    def axis_unit(self) -> str:
        """What stands beside a chart's axis; ratios are marked in per cent there, and a plain number has no unit."""
        return "" if self.unit in (Unit.COUNT, Unit.RATIO) else self.unit.value
