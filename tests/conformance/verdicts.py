"""What the whole catalogue says of a sample; shared by the tests that judge samples."""

import re
from collections.abc import Mapping

from conformance.catalogue import Rule, Sample, Verdict, load_catalogue
from conformance.judging.evaluation import evaluate
from conformance.profiles.profile import Profile

CATALOGUE = load_catalogue()
RULES = tuple(CATALOGUE.rules.values())
FAILING = [(rule, item) for rule in RULES for item in rule.fails]
PASSING = [(rule, item) for rule in RULES for item in rule.passes]


def sample_id(value: object) -> str:
    return value.id if isinstance(value, Rule) else re.sub(r"\W+", "-", getattr(value, "title", ""))


def verdicts(item: Sample) -> Mapping[str, Verdict]:
    """Every rule's verdict, by id."""
    profile = Profile(name="sample", conventions=item.conventions)
    report = evaluate(item.transcripts, profile, catalogue=CATALOGUE, baseline=item.baseline)
    return {result.rule.id: result.verdict for result in report.results}


def verdict(rule: Rule, item: Sample) -> Verdict:
    return verdicts(item)[rule.id]


def fallen_short(item: Sample) -> set[str]:
    """The rules that fell short, notes aside."""
    return {id_ for id_, said in verdicts(item).items() if said.falls_short and not CATALOGUE.rules[id_].level.is_note}


def announced(rule: Rule, item: Sample, *, fails: bool) -> set[str]:
    """The rules that a sample of a rule may set off, notes aside."""
    own = {rule.id} if fails and not rule.level.is_note else set()
    return own | item.sets_off
