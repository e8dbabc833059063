"""What an interleaved comparison is to be: what it compares by, how large its blocks are, when it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from load.errors import UsageError
from load.metrics.metric import StreamMetric
from load.regression.compared_metrics import DEFAULT_METRICS, compared_metrics
from load.regression.share import read_share
from load.regression.stopping_rule import StoppingRule

__all__ = ["InterleavedPlan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterleavedPlan:
    """The plan of a run in which two deployments take turns.

    Attributes:
        rule: How sure it has to be.
        metrics: What is compared.
        streams_per_block: How many streams of one arm run before it is the other's turn.
        warm_up_streams: How many each arm gets first, which are not measured.
    """

    rule: StoppingRule = field(default_factory=StoppingRule)
    metrics: tuple[StreamMetric, ...] = DEFAULT_METRICS
    streams_per_block: int = 6
    warm_up_streams: int = 2

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "InterleavedPlan":
        """The plan of a run's options, or of a stored run's workload. What is not named is as by default.

        Raises:
            UsageError: A setting is out of its range.
        """
        plan, rule = cls(), StoppingRule()

        def share(name: str, default: float) -> float:
            return read_share(str(settings.get(name, default)), name.replace("_", " "))

        def count(name: str, default: int) -> int:
            return _count(str(settings.get(name, default)), name.replace("_", " "), least=0)

        try:
            rule = StoppingRule(
                margin=share("margin", rule.margin),
                false_alarm_rate=share("false_alarm_rate", rule.false_alarm_rate),
                miss_rate=share("miss_rate", rule.miss_rate),
                first_look=count("first_look", rule.first_look),
                most_rounds=count("most_rounds", rule.most_rounds),
            )
        except ValueError as error:
            raise UsageError(str(error)) from None
        names = str(settings.get("compare_by", "")).replace(",", " ").split()
        return cls(
            rule=rule,
            metrics=compared_metrics(tuple(names)),
            streams_per_block=_count(
                str(settings.get("streams_per_block", plan.streams_per_block)), "number of streams per block", least=1
            ),
            warm_up_streams=count("warm_up_streams", plan.warm_up_streams),
        )

    @property
    def most_generations(self) -> int:
        """How many streams it sends at the most."""
        return 2 * (self.rule.most_rounds * self.streams_per_block + self.warm_up_streams)


def _count(text: str, what: str, *, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise UsageError(f"the {what} is {text!r}, expected a whole number of {least} or more")
    return int(text)
