"""From transcripts to a report. Pure: the same transcripts and settings give the same report."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from conformance.catalogue import Catalogue, Rule, load_catalogue
from conformance.core import Transcript
from conformance.judging.bench import Bench
from conformance.judging.known_failures import KnownFailures
from conformance.judging.report import GENERATION, Cost, Report
from conformance.judging.rule_result import RuleResult
from conformance.judging.rule_set import LATEST, RuleSet
from conformance.probing.probe import load_probes
from conformance.profiles.profile import Profile

__all__ = ["evaluate", "judge_rule"]


def evaluate(
    transcripts: Iterable[Transcript],
    profile: Profile,
    *,
    catalogue: Catalogue | None = None,
    selected: frozenset[str] | None = None,
    known_failures: KnownFailures | None = None,
    rule_set: RuleSet = LATEST,
    not_asked: Mapping[str, str] | None = None,
    strict: bool = False,
    baseline: Iterable[Transcript] = (),
) -> Report:
    """Judge recorded transcripts.

    Args:
        transcripts: The evidence, in the order it was recorded; at least one.
        profile: How to judge it.
        catalogue: The rules; all of them by default.
        selected: Ids of the rules to report; prerequisites are judged all the same.
        known_failures: Rules that are expected to fall short; none by default.
        rule_set: Which rules count, at which level and with which limits.
        not_asked: Why a probe was not sent, by probe.
        strict: Count SHOULD like MUST.
        baseline: Generations recorded before, with which these are compared; they are not part of the run.
    """
    recorded = tuple(transcripts)
    rules = rule_set.applied(catalogue or load_catalogue())
    bench = Bench(recorded, profile, dict(not_asked or {}), tuple(baseline))
    by_id: dict[str, RuleResult] = {}
    for rule in rules.in_order_of_need:
        by_id[rule.id] = bench.judge(rule, by_id)
    known = known_failures or KnownFailures()
    probes = load_probes()
    generations = [item for item in recorded if item.probe == GENERATION]
    first = generations[0] if generations else recorded[0]
    return Report(
        endpoint=first.request.url,
        profile=profile,
        rule_set=rule_set,
        started_at=first.started_at,
        results=tuple(
            _weighed(by_id[id_], known, rule_set) for id_ in rules.rules if selected is None or id_ in selected
        ),
        cost=Cost(
            generations=sum(probes[item.probe].generations for item in recorded if item.probe in probes),
            requests=sum(1 + len(item.redirects) for item in recorded),
        ),
        timings=bench.timings,
        transcripts=recorded,
        strict=strict,
        unreadable=bench.unreadable,
        clients=bench.clients,
    )


def judge_rule(rule: Rule, transcripts: Iterable[Transcript], profile: Profile) -> RuleResult:
    """Judge one rule by itself, its prerequisites left aside."""
    return Bench(tuple(transcripts), profile, {}).judge(rule, {})


def _weighed(result: RuleResult, known: KnownFailures, rule_set: RuleSet) -> RuleResult:
    """A verdict with what it counts for; verdicts themselves depend on the evidence alone."""
    return replace(
        result,
        excuse=known.excuse(result.rule.id, result.verdict, result.symptoms),
        is_scored=rule_set.scores(result.rule.id),
    )
