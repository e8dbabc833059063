"""From transcripts to a report. Pure: the same transcripts and profile give the same report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from conformance.catalogue import (
    Catalogue,
    Level,
    NotApplicable,
    NotTestable,
    Rule,
    Verdict,
    load_catalogue,
)
from conformance.core import Ending, StreamTimings, Transcript
from conformance.evidence import Evidence
from conformance.finding import Finding
from conformance.known_failures import KnownFailures
from conformance.probe import load_probes
from conformance.selection import Profile

__all__ = ["Cost", "Outcome", "Report", "RuleResult", "evaluate", "judge_rule"]

GENERATION = "generation"
GENERATIONS = "generations"
ANSWERS = "answers"


class Outcome(Enum):
    """What a gate makes of a report; the value is the exit code."""

    HELD = 0
    """Every MUST held (with ``strict``, every SHOULD too)."""
    FELL_SHORT = 1
    """At least one did not, or a known failure no longer fails."""
    NOTHING_JUDGED = 3
    """The endpoint could not be reached, the run was cut off, or no rule had anything to judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run asked of the endpoint."""

    generations: int
    requests: int


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """One rule's verdict.

    Attributes:
        rule: The rule.
        verdict: Its verdict.
        findings: The faults.
        notes: Remarks that do not count.
        reason: Why it is not applicable or not testable.
        blocked_by: The required rule whose failure left nothing to judge, or None.
        known_failure: Why its failure was expected, or None where it was not.
    """

    rule: Rule
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    reason: str = ""
    blocked_by: str | None = None
    known_failure: str | None = None

    @property
    def is_unexpected_pass(self) -> bool:
        """Whether a known failure passed, so that the list is out of date."""
        return self.known_failure is not None and self.verdict is Verdict.PASSED

    @property
    def counts_against(self) -> bool:
        """Whether the verdict counts against the endpoint."""
        return self.verdict.falls_short and self.known_failure is None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The outcome of a check.

    Attributes:
        endpoint: The URL, secrets removed.
        profile: The profile it was judged with.
        started_at: Wall-clock start, ISO 8601 in UTC.
        results: One result a selected rule, in catalogue order.
        cost: What the run asked of the endpoint.
        timings: Timings of the generation; None when it never answered.
        transcripts: The evidence.
        strict: Whether SHOULD counts like MUST.
        unreadable: Why no generation's content coding could be removed, or None.
    """

    endpoint: str
    profile: Profile
    started_at: str
    results: tuple[RuleResult, ...]
    cost: Cost
    timings: StreamTimings | None
    transcripts: tuple[Transcript, ...] = field(repr=False)
    strict: bool = False
    unreadable: str | None = None

    @property
    def unreachable(self) -> str | None:
        """Why the endpoint could not be reached, or None."""
        generations = [item for item in self.transcripts if item.probe == GENERATION]
        failed = [item for item in generations if item.end.ending in (Ending.UNREACHABLE, Ending.TLS_FAILED)]
        return failed[0].end.detail if failed and len(failed) == len(generations) else None

    @property
    def abandoned(self) -> bool:
        """Whether the run was cut off before the generation was read to its end."""
        return any(item.end.ending is Ending.ABANDONED for item in self.transcripts if item.probe == GENERATION)

    @property
    def lacks_generation(self) -> bool:
        """Whether rules of a generation were to be judged and none was recorded, as where refusals alone were kept."""
        asked = {name for result in self.results for name in result.rule.evidence}
        recorded = {item.probe for item in self.transcripts}
        return bool(asked & {GENERATION, GENERATIONS}) and GENERATION not in recorded

    @property
    def shortfalls(self) -> tuple[RuleResult, ...]:
        """Results that make the outcome bad."""
        levels = {Level.MUST, Level.SHOULD} if self.strict else {Level.MUST}
        return tuple(
            result
            for result in self.results
            if (result.counts_against and result.rule.level in levels) or result.is_unexpected_pass
        )

    @property
    def warnings(self) -> tuple[RuleResult, ...]:
        """SHOULD rules that fell short without making the outcome bad."""
        return tuple(
            result
            for result in self.results
            if result.counts_against and result.rule.level is Level.SHOULD and not self.strict
        )

    @property
    def outcome(self) -> Outcome:
        """What a gate makes of it."""
        if self.unreachable is not None:
            return Outcome.NOTHING_JUDGED
        if self.shortfalls:
            return Outcome.FELL_SHORT
        judged = any(result.verdict in (Verdict.PASSED, Verdict.FAILED) for result in self.results)
        is_partial = self.abandoned or self.lacks_generation or self.unreadable is not None
        return Outcome.HELD if judged and not is_partial else Outcome.NOTHING_JUDGED

    def count(self, verdict: Verdict, level: Level | None = None) -> int:
        """How many rules got a verdict, at one level or at all."""
        return sum(
            result.verdict is verdict and (level is None or result.rule.level is level) for result in self.results
        )


def evaluate(
    transcripts: Iterable[Transcript],
    profile: Profile,
    *,
    catalogue: Catalogue | None = None,
    selected: frozenset[str] | None = None,
    known_failures: KnownFailures | None = None,
    not_asked: Mapping[str, str] | None = None,
    strict: bool = False,
) -> Report:
    """Judge recorded transcripts.

    Args:
        transcripts: The evidence, in the order it was recorded; at least one.
        profile: How to judge it.
        catalogue: The rules; all of them by default.
        selected: Ids of the rules to report; prerequisites are judged all the same.
        known_failures: Rules that are expected to fail, with the reason.
        not_asked: Why a probe was not sent, by probe.
        strict: Count SHOULD like MUST.
    """
    recorded = tuple(transcripts)
    rules = catalogue or load_catalogue()
    bench = _Bench(recorded, profile, dict(not_asked or {}))
    by_id: dict[str, RuleResult] = {}
    for rule in rules.in_order_of_need:
        by_id[rule.id] = bench.judge(rule, by_id, (known_failures or {}).get(rule.id))
    probes = load_probes()
    generations = [item for item in recorded if item.probe == GENERATION]
    first = generations[0] if generations else recorded[0]
    return Report(
        endpoint=first.request.url,
        profile=profile,
        started_at=first.started_at,
        results=tuple(by_id[id_] for id_ in rules.rules if selected is None or id_ in selected),
        cost=Cost(
            generations=sum(probes[item.probe].generations for item in recorded if item.probe in probes),
            requests=sum(1 + len(item.redirects) for item in recorded),
        ),
        timings=bench.timings,
        transcripts=recorded,
        strict=strict,
        unreadable=bench.unreadable,
    )


def judge_rule(rule: Rule, transcripts: Iterable[Transcript], profile: Profile) -> RuleResult:
    """Judge one rule by itself, its prerequisites left aside."""
    return _Bench(tuple(transcripts), profile, {}).judge(rule, {}, None)


class _Bench:
    """The evidence of one evaluation, by the names that rules ask for."""

    def __init__(self, transcripts: tuple[Transcript, ...], profile: Profile, not_asked: dict[str, str]) -> None:
        self._profile = profile
        self._not_asked = not_asked
        self._evidence: dict[str, list[Evidence]] = {}
        for transcript in transcripts:
            evidence = Evidence(transcript, profile.conventions)
            self._evidence.setdefault(transcript.probe, []).append(evidence)

    @property
    def timings(self) -> StreamTimings | None:
        generations = self._evidence.get(GENERATION, [])
        return generations[0].timings if generations and generations[0].head else None

    @property
    def unreadable(self) -> str | None:
        errors = [item.coding_error for item in self._evidence.get(GENERATION, [])]
        return next(iter(errors), None) if None not in errors else None

    def judge(self, rule: Rule, judged: Mapping[str, RuleResult], known: str | None) -> RuleResult:
        blocker = _blocker(rule, judged)
        if blocker is not None:
            return RuleResult(
                rule=rule,
                verdict=Verdict.NOT_APPLICABLE,
                reason=_because(judged[blocker]),
                blocked_by=blocker,
                known_failure=known,
            )
        try:
            if rule.id in self._profile.not_applicable:
                raise NotApplicable(self._profile.not_applicable[rule.id])
            findings = tuple(rule.check(**self._arguments(rule)))
        except NotApplicable as answer:
            return RuleResult(rule=rule, verdict=Verdict.NOT_APPLICABLE, reason=str(answer), known_failure=known)
        except NotTestable as answer:
            return RuleResult(rule=rule, verdict=Verdict.NOT_TESTABLE, reason=str(answer), known_failure=known)
        except Exception as error:
            reason = f"the rule itself failed ({type(error).__name__}: {error}); please report this"
            return RuleResult(rule=rule, verdict=Verdict.NOT_TESTABLE, reason=reason, known_failure=known)
        faults = tuple(finding for finding in findings if not finding.is_note)
        return RuleResult(
            rule=rule,
            verdict=Verdict.FAILED if faults else Verdict.PASSED,
            findings=faults,
            notes=tuple(finding for finding in findings if finding.is_note),
            known_failure=known,
        )

    def _arguments(self, rule: Rule) -> dict[str, object]:
        arguments: dict[str, object] = {name: self._argument(name) for name in rule.evidence}
        if rule.options is not None:
            arguments["options"] = self._profile.options_for(rule)
        return arguments

    def _argument(self, name: str) -> Evidence | tuple[Evidence, ...]:
        if name == ANSWERS:
            return self._answers()
        if name == GENERATIONS:
            return tuple(self._found(GENERATION))
        probe = load_probes().get(name)
        is_group = probe is not None and probe.alongside is not None
        return tuple(self._found(name)) if is_group else self._found(name)[0]

    def _answers(self) -> tuple[Evidence, ...]:
        answers = tuple(item for found in self._evidence.values() for item in found if item.head is not None)
        if not answers:
            raise NotApplicable("nothing was answered")
        return answers

    def _found(self, name: str) -> list[Evidence]:
        found, probe = self._evidence.get(name, []), load_probes().get(name)
        if not found:
            raise NotApplicable(self._not_asked.get(name, f"the probe {name} was not asked"))
        if probe is not None and probe.silence_counts:
            return found
        answered = [evidence for evidence in found if evidence.head is not None]
        if not answered:
            end = found[0].transcript.end
            if end.ending is Ending.ABANDONED:
                raise NotApplicable("we hung up before an answer came")
            raise NotTestable(f"{name} got no answer: {end.detail or end.ending.value}")
        return answered


def _blocker(rule: Rule, judged: Mapping[str, RuleResult]) -> str | None:
    """The rule at the root of why this one has nothing to judge: one fault, one finding."""
    for needed in rule.requires:
        result = judged.get(needed)
        if result is not None and result.verdict.falls_short:
            return needed
        if result is not None and result.blocked_by is not None:
            return result.blocked_by
    return None


def _because(blocker: RuleResult) -> str:
    return f"{blocker.rule.id} {blocker.verdict.value.replace('_', ' ')}"
