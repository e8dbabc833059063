"""How the kinds of requests of a dataset fared."""

from collections.abc import Iterator

from load.conclusions.phrases import interval, median_of, seconds
from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.time_to_final import TIME_TO_FINAL
from load.run import Run

__all__ = ["conclude"]


def conclude(run: Run) -> tuple[str, ...]:
    """The medians of each group that the dataset names; nothing where it names none."""
    return tuple(_sentences(run))


def _sentences(run: Run) -> Iterator[str]:
    for group in sorted({row.group for row in run.measured if row.group}):
        rows = [row for row in run.measured if row.group == group]
        first, final = (median_of(metric, rows) for metric in (FIRST_PREVIEW, TIME_TO_FINAL))
        if first is None or final is None:
            yield f"{group}: too few streams to say"
        else:
            yield (
                f"{group}: first preview after {seconds(first.value)} ({interval(first)}), "
                f"final after {seconds(final.value)} ({interval(final)})"
            )
