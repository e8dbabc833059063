"""Every rule is seen to fire and seen to stay quiet, and no rule fires where it was not announced."""

import re
from collections import Counter

import pytest

from conformance.catalogue import Rule, Sample, Verdict
from conformance.probing.probe import load_probes
from tests.conformance.verdicts import RULES, announced, failing, fallen_short, passing, verdicts

# What no probe of that name asks for.
OTHER_EVIDENCE = {"answers", "baseline_generations", "generations", "picture_fetch"}


@pytest.mark.each_sample(of=failing)
def test_failing_sample_sets_off_its_rule_and_only_announced_others(rule: Rule, item: Sample) -> None:
    """A failing sample fails its own rule, by a finding, and no other that it does not announce."""
    said = verdicts(item)
    assert said[rule.id] is Verdict.FAILED
    assert fallen_short(said) == announced(rule, item, fails=True)


@pytest.mark.each_sample(of=passing)
def test_passing_sample_leaves_its_rule_quiet(rule: Rule, item: Sample) -> None:
    """A passing sample passes its rule (or gives it nothing to judge) and fires nothing unannounced."""
    said = verdicts(item)
    assert said[rule.id] in (Verdict.PASSED, Verdict.NOT_APPLICABLE)
    assert fallen_short(said) == announced(rule, item, fails=False)


@pytest.mark.each_rule
def test_rule_has_samples_that_pass_and_fail(rule: Rule) -> None:
    """A rule without a failing sample, or that never passes, is not accepted."""
    passes = any(verdicts(item)[rule.id] is Verdict.PASSED for item in rule.passes)
    assert (bool(rule.fails), passes) == (True, True)


@pytest.mark.each_rule
def test_rule_describes_itself(rule: Rule) -> None:
    """Every text that a finding is shown with is there, and written as a sentence."""
    assert re.fullmatch(r"[HSJIFCERX]\d\d", rule.id)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)
    assert rule.reference.startswith("https://")
    texts = (rule.requirement, rule.rationale, rule.consequence, rule.fix)
    assert [text for text in texts if len(text) < 15 or text[-1] not in '.`")'] == []
    interjected = {probe.interjection.name for probe in load_probes().values() if probe.interjection is not None}
    assert set(rule.evidence) <= set(load_probes()) | interjected | OTHER_EVIDENCE
    assert rule.evidence != ()


def test_rule_names_are_unique() -> None:
    """No two rules share a name."""
    counts = Counter(rule.name for rule in RULES)
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.each_rule
def test_sample_titles_are_unique_within_a_rule(rule: Rule) -> None:
    """A sample can be named."""
    counts = Counter(item.title for item in (*rule.passes, *rule.fails))
    assert [title for title, count in counts.items() if count > 1] == []
