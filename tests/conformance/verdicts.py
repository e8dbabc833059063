"""What the whole catalogue says of a sample; shared by the tests that judge samples."""

from collections.abc import Callable, Iterable, Mapping

from conformance.catalogue import Rule, Sample, Verdict, load_catalogue
from conformance.judging.evaluation import evaluate
from conformance.profiles.profile import Profile

CATALOGUE = load_catalogue()
RULES = tuple(CATALOGUE.rules.values())


def failing(rule: Rule) -> tuple[Sample, ...]:
    return rule.fails


def passing(rule: Rule) -> tuple[Sample, ...]:
    return rule.passes


def samples(of: Callable[[Rule], Iterable[Sample]]) -> list[tuple[Rule, Sample]]:
    """Each rule with each of its samples of a kind: built when asked for, since all of them take a second."""
    return [(rule, item) for rule in RULES for item in of(rule)]


def verdicts(item: Sample) -> Mapping[str, Verdict]:
    """Every rule's verdict, by id."""
    profile = Profile(name="sample", conventions=item.conventions)
    report = evaluate(item.transcripts, profile, catalogue=CATALOGUE, baseline=item.baseline)
    return {result.rule.id: result.verdict for result in report.results}


def fallen_short(said: Mapping[str, Verdict]) -> set[str]:
    """The rules that fell short, notes aside."""
    return {id_ for id_, verdict in said.items() if verdict.falls_short and not CATALOGUE.rules[id_].level.is_note}


def announced(rule: Rule, item: Sample, *, fails: bool) -> set[str]:
    """The rules that a sample of a rule may set off, notes aside."""
    own = {rule.id} if fails and not rule.level.is_note else set()
    return own | item.sets_off
