"""Counting verdicts of simulated checks."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from random import Random

from benchmarks.power.scenarios import Scenario
from conformance.catalogue import Catalogue, Verdict, load_catalogue
from conformance.judging.evaluation import evaluate
from conformance.profiles.profile import Profile
from conformance.rule_pages.power import Figure

__all__ = ["SEED", "tally"]

SEED = "fal-stream-conformance"


def tally(scenario: Scenario, repeat: int, runs: int) -> Iterator[Figure]:
    """Simulate so many checks of a scenario: a figure for each rule that is to be quiet, one for those to fire.

    Each check is drawn from the seed, the scenario's name and its own number, so that fewer of them are the first
    of more.
    """
    counted: list[tuple[str, ...]] = [(rule,) for rule in scenario.rules] if scenario.is_good else [scenario.rules]
    verdicts = [_verdicts(scenario, repeat, number) for number in range(runs)]
    for rules in counted:
        own = [[seen[rule] for rule in rules] for seen in verdicts]
        yield Figure(
            rules=rules,
            scenario=scenario.name,
            is_good=scenario.is_good,
            repeat=repeat,
            runs=runs,
            fell_short=sum(any(verdict.falls_short for verdict in seen) for seen in own),
            not_applicable=sum(all(verdict is Verdict.NOT_APPLICABLE for verdict in seen) for seen in own),
        )


def _verdicts(scenario: Scenario, repeat: int, number: int) -> dict[str, Verdict]:
    draw = Random(f"{SEED}/{scenario.name}/{repeat}/{number}")  # noqa: S311 - chance that can be repeated is the point
    report = evaluate(scenario.record(draw, repeat), Profile(name="power"), catalogue=_catalogue(scenario.rules))
    return {result.rule.id: result.verdict for result in report.results}


@lru_cache
def _catalogue(ids: tuple[str, ...]) -> Catalogue:
    """These rules alone, each with those of them that it requires: what else is wrong is not simulated."""
    rules = load_catalogue().rules
    return Catalogue(
        {id_: replace(rules[id_], requires=tuple(need for need in rules[id_].requires if need in ids)) for id_ in ids}
    )
