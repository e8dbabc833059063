"""The outcome of a check, as every format shows it."""

from dataclasses import dataclass, field
from enum import Enum

from conformance.catalogue import Level, Verdict
from conformance.clients.survey import ClientOutcome
from conformance.core import Ending, StreamTimings, Transcript
from conformance.judging.known_failures import ExcuseState
from conformance.judging.past_report import PastReport
from conformance.judging.rule_result import RuleResult
from conformance.judging.rule_set import LATEST, RuleSet
from conformance.profiles.profile import Profile

__all__ = ["GENERATION", "GENERATIONS", "Cost", "Outcome", "Report"]

GENERATION = "generation"
"""The probe whose stream most rules judge."""
GENERATIONS = "generations"
"""The name under which a rule asks for every recorded generation."""


class Outcome(Enum):
    """What a gate makes of a report; the value is the exit code."""

    HELD = 0
    """Every MUST held (with ``strict``, every SHOULD too)."""
    FELL_SHORT = 1
    """At least one did not, or the list of known failures is out of date."""
    NOTHING_JUDGED = 3
    """The endpoint could not be reached, the run was cut off, or no rule had anything to judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run asked of the endpoint."""

    generations: int
    requests: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """The outcome of a check.

    Attributes:
        endpoint: The URL, secrets removed.
        profile: The profile it was judged with.
        rule_set: The rules that count.
        started_at: Wall-clock start, ISO 8601 in UTC.
        results: One result a selected rule, in catalogue order.
        cost: What the run asked of the endpoint.
        timings: Timings of the generation; None when it never answered.
        transcripts: The evidence.
        strict: Whether SHOULD counts like MUST.
        unreadable: Why no generation's content coding could be removed, or None.
        clients: What the clients of the profile get of the first generation; empty when it never answered.
        past: An earlier report to be compared with, or None.
    """

    endpoint: str
    profile: Profile
    rule_set: RuleSet = LATEST
    started_at: str
    results: tuple[RuleResult, ...]
    cost: Cost
    timings: StreamTimings | None
    transcripts: tuple[Transcript, ...] = field(repr=False)
    strict: bool = False
    unreadable: str | None = None
    clients: tuple[ClientOutcome, ...] = ()
    past: PastReport | None = field(default=None, repr=False)

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
        asked = {name for result in self.scored for name in result.rule.evidence}
        recorded = {item.probe for item in self.transcripts}
        return bool(asked & {GENERATION, GENERATIONS}) and GENERATION not in recorded

    @property
    def scored(self) -> tuple[RuleResult, ...]:
        """Results that count: those of rules in the rule set."""
        return tuple(result for result in self.results if result.is_scored)

    @property
    def shortfalls(self) -> tuple[RuleResult, ...]:
        """Results that make the outcome bad."""
        levels = {Level.MUST, Level.SHOULD} if self.strict else {Level.MUST}
        return tuple(
            result
            for result in self.results
            if (result.counts_against and result.rule.level in levels) or result.is_list_out_of_date
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
    def near_expiry(self) -> tuple[RuleResult, ...]:
        """Results that a known failure excuses for a few days more."""
        return tuple(
            result
            for result in self.scored
            if result.excuse is not None and result.excuse.state is ExcuseState.NEAR_EXPIRY
        )

    @property
    def outcome(self) -> Outcome:
        """What a gate makes of it."""
        if self.unreachable is not None:
            return Outcome.NOTHING_JUDGED
        if self.shortfalls:
            return Outcome.FELL_SHORT
        judged = any(result.verdict in (Verdict.PASSED, Verdict.FAILED) for result in self.scored)
        is_partial = self.abandoned or self.lacks_generation or self.unreadable is not None
        return Outcome.HELD if judged and not is_partial else Outcome.NOTHING_JUDGED

    def count(self, verdict: Verdict, level: Level | None = None) -> int:
        """How many rules of the rule set got a verdict, at one level or at all."""
        return sum(
            result.verdict is verdict and (level is None or result.rule.level is level) for result in self.scored
        )
