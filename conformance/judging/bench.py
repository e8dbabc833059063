"""The bench: the evidence of one evaluation, laid out by the names that rules ask for."""

from collections.abc import Mapping

from conformance.catalogue import NotApplicable, NotTestable, Rule, Verdict
from conformance.clients.survey import ClientOutcome, survey
from conformance.core import Ending, StreamTimings, Transcript
from conformance.judging.report import GENERATION, GENERATIONS
from conformance.judging.rule_result import RuleResult
from conformance.probing.picture_fetching import PICTURE_FETCH
from conformance.probing.probe import load_probes
from conformance.profiles.profile import Profile
from conformance.stream.evidence import Evidence

__all__ = ["Bench"]

ANSWERS = "answers"
BASELINE_GENERATIONS = "baseline_generations"
# Evidence of which there may be any number, and that there is only where the user asked for it.
_OPTIONAL_GROUPS = {
    BASELINE_GENERATIONS: "no baseline was given (--baseline)",
    PICTURE_FETCH: "pictures behind http(s) URLs were not fetched (--fetch-results)",
}


class Bench:
    """The evidence of one evaluation, by the names that rules ask for."""

    def __init__(
        self,
        transcripts: tuple[Transcript, ...],
        profile: Profile,
        not_asked: dict[str, str],
        baseline: tuple[Transcript, ...] = (),
    ) -> None:
        self._profile = profile
        self._not_asked = not_asked
        self._evidence: dict[str, list[Evidence]] = {}
        for transcript in transcripts:
            evidence = Evidence(transcript, profile.conventions)
            self._evidence.setdefault(transcript.probe, []).append(evidence)
        self._baseline = [Evidence(transcript, profile.conventions) for transcript in baseline]

    @property
    def timings(self) -> StreamTimings | None:
        """Timings of the generation; None when it never answered."""
        generations = self._evidence.get(GENERATION, [])
        return generations[0].timings if generations and generations[0].head else None

    @property
    def clients(self) -> tuple[ClientOutcome, ...]:
        """What the clients of the profile get of the generation; empty when it never answered, or we left."""
        generations = [item for item in self._evidence.get(GENERATION, []) if item.head is not None]
        was_left = bool(generations) and generations[0].transcript.end.ending is Ending.ABANDONED
        return survey(generations[0]) if generations and not was_left else ()

    @property
    def unreadable(self) -> str | None:
        """Why no generation's content coding could be removed, or None."""
        errors = [item.coding_error for item in self._evidence.get(GENERATION, [])]
        return next(iter(errors), None) if None not in errors else None

    def judge(self, rule: Rule, judged: Mapping[str, RuleResult]) -> RuleResult:
        """The verdict of a rule, after those it requires were judged."""
        blocker = _blocker(rule, judged)
        if blocker is not None:
            return RuleResult(
                rule=rule,
                verdict=Verdict.NOT_APPLICABLE,
                reason=_because(judged[blocker]),
                blocked_by=blocker,
            )
        try:
            excluded = self._profile.exclusion(rule)
            if excluded is not None:
                raise NotApplicable(excluded)
            findings = tuple(rule.check(**self._arguments(rule)))
        except NotApplicable as answer:
            return RuleResult(rule=rule, verdict=Verdict.NOT_APPLICABLE, reason=str(answer))
        except NotTestable as answer:
            return RuleResult(rule=rule, verdict=Verdict.NOT_TESTABLE, reason=str(answer))
        except Exception as error:
            reason = f"the rule itself failed ({type(error).__name__}: {error}); please report this"
            return RuleResult(rule=rule, verdict=Verdict.NOT_TESTABLE, reason=reason)
        faults = tuple(finding for finding in findings if not finding.is_note)
        return RuleResult(
            rule=rule,
            verdict=Verdict.FAILED if faults else Verdict.PASSED,
            findings=faults,
            notes=tuple(finding for finding in findings if finding.is_note),
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
        if name in _OPTIONAL_GROUPS:
            return self._optional(name)
        probe = load_probes().get(name)
        is_group = probe is not None and probe.alongside is not None
        return tuple(self._found(name)) if is_group else self._found(name)[0]

    def _optional(self, name: str) -> tuple[Evidence, ...]:
        found = self._baseline if name == BASELINE_GENERATIONS else self._evidence.get(name, [])
        if not found:
            raise NotApplicable(self._not_asked.get(name, _OPTIONAL_GROUPS[name]))
        return tuple(found)

    def _answers(self) -> tuple[Evidence, ...]:
        asked = (found for name, found in self._evidence.items() if name != PICTURE_FETCH)
        answers = tuple(item for found in asked for item in found if item.head is not None)
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
