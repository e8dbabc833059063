"""What one rule said of an endpoint, and whether that counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.catalogue import Rule, Verdict
from conformance.judging.known_failures import Excuse
from conformance.judging.symptom import symptom
from conformance.stream.finding import Finding

__all__ = ["RuleResult"]


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """One rule's verdict.

    Attributes:
        rule: The rule, as the rule set has it.
        verdict: Its verdict.
        findings: The faults.
        notes: Remarks that do not count.
        reason: Why it is not applicable or not testable.
        blocked_by: The required rule whose failure left nothing to judge, or None.
        excuse: What the list of known failures says of it, or None where the rule is not on it.
        is_scored: Whether the rule is in the rule set; otherwise nothing of this counts.
    """

    rule: Rule
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    reason: str = ""
    blocked_by: str | None = None
    excuse: Excuse | None = None
    is_scored: bool = True

    @property
    def complaints(self) -> Mapping[str, str]:
        """In what ways it fell short: the first text with each symptom, by symptom; none where it did not."""
        if not self.verdict.falls_short:
            return {}
        said = [finding.message for finding in self.findings] or [f"not testable: {self.reason}"]
        return {symptom(self.rule.id, text): text for text in reversed(said)}

    @property
    def symptoms(self) -> tuple[str, ...]:
        """The symptoms of what fell short, sorted."""
        return tuple(sorted(self.complaints))

    @property
    def counts_against(self) -> bool:
        """Whether the verdict counts against the endpoint, at the rule's level."""
        return self.is_scored and self.verdict.falls_short and self.excuse is None

    @property
    def is_list_out_of_date(self) -> bool:
        """Whether the list of known failures no longer tells the truth of this rule, which counts at any level."""
        return self.is_scored and self.excuse is not None and self.excuse.state.is_out_of_date
