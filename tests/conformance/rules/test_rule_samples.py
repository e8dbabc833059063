"""Every rule is seen to fire and seen to stay quiet, and no rule fires where it was not announced."""

import re
from collections import Counter

import pytest

from conformance.catalogue import Rule, Sample, Verdict
from conformance.probing.probe import load_probes
from tests.conformance.verdicts import FAILING, PASSING, RULES, announced, fallen_short, sample_id, verdict

# What no probe of that name asks for.
OTHER_EVIDENCE = {"answers", "baseline_generations", "generations", "picture_fetch"}


@pytest.mark.parametrize(("rule", "item"), FAILING, ids=sample_id)
def test_failing_sample_sets_off_its_rule_and_only_announced_others(rule: Rule, item: Sample) -> None:
    """A failing sample fails its own rule, by a finding, and no other that it does not announce."""
    assert verdict(rule, item) is Verdict.FAILED
    assert fallen_short(item) == announced(rule, item, fails=True)


@pytest.mark.parametrize(("rule", "item"), PASSING, ids=sample_id)
def test_passing_sample_leaves_its_rule_quiet(rule: Rule, item: Sample) -> None:
    """A passing sample passes its rule (or gives it nothing to judge) and fires nothing unannounced."""
    assert verdict(rule, item) in (Verdict.PASSED, Verdict.NOT_APPLICABLE)
    assert fallen_short(item) == announced(rule, item, fails=False)


@pytest.mark.parametrize("rule", RULES, ids=sample_id)
def test_rule_has_samples_that_pass_and_fail(rule: Rule) -> None:
    """A rule without a failing sample, or that never passes, is not accepted."""
    judged = [verdict(rule, item) for item in rule.passes]
    assert (bool(rule.fails), Verdict.PASSED in judged) == (True, True)


@pytest.mark.parametrize("rule", RULES, ids=sample_id)
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


@pytest.mark.parametrize("rule", RULES, ids=sample_id)
def test_sample_titles_are_unique_within_a_rule(rule: Rule) -> None:
    """A sample can be named."""
    counts = Counter(item.title for item in (*rule.passes, *rule.fails))
    assert [title for title, count in counts.items() if count > 1] == []
