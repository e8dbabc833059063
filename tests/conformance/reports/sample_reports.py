"""Reports of a rule's own samples."""

from functools import lru_cache

from conformance.catalogue import Rule
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Report
from conformance.profiles.profile import Profile

__all__ = ["sample_reports"]


@lru_cache(maxsize=1)  # in a run about one rule, its two tests follow each other
def sample_reports(rule: Rule) -> list[Report]:
    """One report for each sample of the rule."""
    samples = (*rule.passes, *rule.fails)
    return [evaluate(item.transcripts, Profile(name="sample", conventions=item.conventions)) for item in samples]
