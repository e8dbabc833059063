"""What previews cost in pictures, and what they gain in time."""

from collections.abc import Iterator

from load.conclusions.claims import excludes
from load.conclusions.figures import mean_time_to_final
from load.conclusions.phrases import counted, interval, median_of, seconds
from load.conclusions.rounds import LEAST_ROUNDS, effect
from load.estimate import Estimate
from load.metrics.first_preview import FIRST_PREVIEW
from load.run import Run
from load.workload.preview_payloads import OFF

__all__ = ["conclude", "tax"]

_PERCENT = 100


def conclude(run: Run) -> tuple[str, ...]:
    """For each way of previewing: pictures lost against the reference, and when the first picture is seen."""
    groups = list(dict.fromkeys(row.group for row in run.measured))
    if len(groups) < 2:
        return ("the preview tax: too few streams to say, only one way of previewing had its turn",)
    reference = OFF if OFF in groups else groups[-1]
    others = [group for group in groups if group != reference]
    sentences = (_tax_sentence(group, reference, tax(run, group, reference, arms=len(groups))) for group in others)
    return (*sentences, *_firsts(run, groups))


def tax(run: Run, group: str, reference: str, *, arms: int) -> Estimate | None:
    """The share of pictures per second that a way of previewing costs: 1 - with / without, from the same rounds.

    Users here never pause, so that pictures per second go as one over the mean time to final. None with too few rounds.
    """
    ratio = effect(run, group, reference, arms=arms, figure=mean_time_to_final)
    if ratio is None or ratio.low is None or ratio.high is None:
        return None
    return Estimate(value=1 - 1 / ratio.value, low=1 - 1 / ratio.low, high=1 - 1 / ratio.high, streams=ratio.streams)


def _tax_sentence(group: str, reference: str, cost: Estimate | None) -> str:
    if cost is None or cost.low is None or cost.high is None:
        return f"what {group!r} costs against {reference!r}: too few rounds to say, it takes {LEAST_ROUNDS}"
    sure = f"{cost.low * _PERCENT:.3g} to {cost.high * _PERCENT:.3g} %, {counted(cost.streams, 'round')}"
    if not excludes(cost, 0):
        return f"{group!r} costs no pictures per second that could be told from none, against {reference!r}: {sure}"
    word = "costs" if cost.value > 0 else "gains"
    return f"{group!r} {word} {abs(cost.value) * _PERCENT:.3g} % of pictures per second against {reference!r} ({sure})"


def _firsts(run: Run, groups: list[str]) -> Iterator[str]:
    for group in groups:
        first = median_of(FIRST_PREVIEW, [row for row in run.measured if row.group == group])
        if first is not None:
            yield f"{group!r} shows its first picture after {seconds(first.value)} (median; {interval(first)})"
