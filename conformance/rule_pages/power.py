"""How sure rules that judge by time are: how often they cry wolf and how often they miss, as it was simulated.

The figures are data, which ``python -m benchmarks.power`` writes from a model of endpoints and networks.
"""

import math
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

__all__ = ["Figure", "figures_of", "interval", "load_figures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What rules said of many simulated checks of one kind.

    Attributes:
        rules: The rules; where there are several, it is enough that one of them falls short.
        scenario: What the checks are, in words that follow a number of them.
        is_good: Whether the endpoint was good, so that falling short is a false alarm; else not doing so is a miss.
        repeat: Generations a check, as ``--repeat`` has it.
        runs: How many checks were simulated.
        fell_short: In how many of them a rule fell short.
        not_applicable: In how many of them no rule had enough to judge.
    """

    rules: tuple[str, ...]
    scenario: str
    is_good: bool
    repeat: int
    runs: int
    fell_short: int
    not_applicable: int

    @property
    def wrong(self) -> int:
        """False alarms, or misses; nothing judged is a miss too, since nobody is told of the fault."""
        return self.fell_short if self.is_good else self.runs - self.fell_short

    @property
    def at_most(self) -> float:
        """The share of wrong verdicts that is exceeded with a probability of 5 % at most."""
        return interval(self.wrong, self.runs, confidence=0.90)[1]


def figures_of(rule_id: str) -> tuple[Figure, ...]:
    """The figures of one rule, good runs first; none for a rule that does not judge by time."""
    own = (figure for figure in load_figures() if rule_id in figure.rules)
    return tuple(sorted(own, key=lambda figure: not figure.is_good))


@lru_cache(maxsize=1)
def load_figures() -> tuple[Figure, ...]:
    """Every figure, as the data file has them."""
    document = tomllib.loads(files("conformance.rule_pages").joinpath("power.toml").read_text("utf-8"))
    return tuple(Figure(**{**entry, "rules": tuple(entry["rules"])}) for entry in document["figures"])


def interval(count: int, of: int, *, confidence: float) -> tuple[float, float]:
    """The exact interval of Clopper and Pearson for a share of which ``count`` in ``of`` were seen.

    Source: C. J. Clopper, E. S. Pearson, The use of confidence or fiducial limits, Biometrika 26 (1934).
    """
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else 1 - _share_at(of - count, of, tail)
    return low, 1.0 if count == of else _share_at(count, of, tail)


def _share_at(count: int, of: int, tail: float) -> float:
    """The share with which ``count`` or fewer of ``of`` are seen with the probability ``tail``."""
    low, high = 0.0, 1.0
    for _ in range(50):
        share = (low + high) / 2
        low, high = (share, high) if _at_most(count, of, share) > tail else (low, share)
    return high


def _at_most(count: int, of: int, share: float) -> float:
    """The probability of ``count`` or fewer in ``of`` independent tries."""
    odds = math.log(share), math.log1p(-share)
    return math.fsum(
        math.exp(
            math.lgamma(of + 1)
            - math.lgamma(seen + 1)
            - math.lgamma(of - seen + 1)
            + seen * odds[0]
            + (of - seen) * odds[1]
        )
        for seen in range(count + 1)
    )
