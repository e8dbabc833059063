"""Rules: what they are, how they are declared, how they are found.

A rule is one decorated function in a module of its own under ``conformance.rules``. It asks for its evidence
by parameter name: the name of a probe gives that probe's :class:`~conformance.stream.evidence.Evidence` (a tuple of
them where the probe asks several things at once), ``generations`` gives every recorded generation, ``answers`` every
exchange that got an answer (refusals too), ``baseline_generations`` those that were recorded before,
``picture_fetch`` every fetch of a picture behind a URL, ``options`` the rule's options.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from functools import cached_property, lru_cache
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import Any

from conformance.core import CatalogueError, ProfileError, Transcript
from conformance.stream.conventions import Conventions
from conformance.stream.finding import Finding

__all__ = [
    "Basis",
    "Catalogue",
    "Level",
    "NotApplicable",
    "NotTestable",
    "Rule",
    "Sample",
    "Verdict",
    "load_catalogue",
    "rule",
    "sample",
]

_NOT_EVIDENCE = frozenset({"options"})


class Level(Enum):
    """What a gate does when the rule fails."""

    MUST = "MUST"
    """Exit code 1."""
    SHOULD = "SHOULD"
    """A warning; exit code 1 with ``--strict``."""
    MAY = "MAY"
    """A note."""
    INFO = "INFO"
    """A note."""

    @property
    def is_note(self) -> bool:
        """Whether a failure is no more than a remark."""
        return self in (Level.MAY, Level.INFO)


class Basis(Enum):
    """Why the rule exists."""

    STANDARD = "std"
    """A standard demands it."""
    CLIENT = "client"
    """An official client breaks without it."""
    FAL = "fal"
    """fal documents it."""
    OPERATIONS = "ops"
    """Good operation asks for it."""


class Verdict(Enum):
    """What a rule says of an endpoint."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    """There is nothing to judge here; the reason says why."""
    NOT_TESTABLE = "not_testable"
    """The evidence could not be had; counts as failed at the rule's level."""

    @property
    def falls_short(self) -> bool:
        """Whether the verdict counts against the endpoint."""
        return self in (Verdict.FAILED, Verdict.NOT_TESTABLE)


class NotApplicable(Exception):  # noqa: N818 - an answer of a rule, not an error
    """Raised by a rule that has nothing to judge; the text says why, with the number that was missing."""


class NotTestable(Exception):  # noqa: N818 - an answer of a rule, not an error
    """Raised by a rule whose evidence was claimed and could not be had."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Recorded evidence with a known verdict.

    Attributes:
        title: What the endpoint of this sample does, in a few words.
        transcripts: The evidence, at most one transcript a request (several for ``generation``).
        sets_off: Other rules that fail on it, announced.
        conventions: How its payloads are to be understood.
        baseline: Generations recorded before, with which its own are compared.
    """

    title: str
    transcripts: tuple[Transcript, ...]
    sets_off: frozenset[str] = frozenset()
    conventions: Conventions
    baseline: tuple[Transcript, ...] = ()


def sample(
    title: str,
    *transcripts: Transcript,
    sets_off: Iterable[str] = (),
    conventions: Conventions | None = None,
    baseline: Iterable[Transcript] = (),
) -> Sample:
    """Declare a sample."""
    return Sample(
        title=title,
        transcripts=transcripts,
        sets_off=frozenset(sets_off),
        conventions=conventions or Conventions(),
        baseline=tuple(baseline),
    )


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One requirement and the function that judges it.

    Attributes:
        id: Family letter and two digits; never changes its meaning.
        name: The fault itself, in kebab-case.
        requirement: What a good endpoint does, one sentence.
        level: What a gate does when it fails.
        basis: Why the rule exists.
        reference: A link to the source.
        rationale: Why it is required, and why at this level.
        consequence: What the endpoint's users see when it fails.
        fix: What the endpoint's author changes.
        requires: Rules that must not have failed, or this one has nothing to judge.
        options: Its options with their default values; None for a rule without any.
        evidence: Names of the probes it judges.
        check: The judging function.
        build_passes: Makes ``passes``; samples cost time that a check should not pay.
        build_fails: Makes ``fails``.
    """

    id: str
    name: str
    requirement: str
    level: Level
    basis: Basis
    reference: str
    rationale: str
    consequence: str
    fix: str
    requires: tuple[str, ...]
    options: Any
    evidence: tuple[str, ...]
    check: Callable[..., Iterable[Finding]]
    build_passes: Callable[[], tuple[Sample, ...]]
    build_fails: Callable[[], tuple[Sample, ...]]

    @cached_property
    def passes(self) -> tuple[Sample, ...]:
        """Samples on which it passes: its traps."""
        return self.build_passes()

    @cached_property
    def fails(self) -> tuple[Sample, ...]:
        """Samples on which it fails: its violators."""
        return self.build_fails()

    @property
    def family(self) -> str:
        """The first letter of the id."""
        return self.id[0]


def rule(
    *,
    id: str,  # noqa: A002 - the catalogue's own word
    name: str,
    requirement: str,
    level: Level,
    basis: Basis,
    reference: str,
    rationale: str,
    consequence: str,
    fix: str,
    passes: Callable[[], tuple[Sample, ...]],
    fails: Callable[[], tuple[Sample, ...]],
    requires: tuple[str, ...] = (),
    options: Any = None,
) -> Callable[[Callable[..., Iterable[Finding]]], Rule]:
    """Turn a judging function into a :class:`Rule`. Nothing is registered anywhere."""

    def decorate(check: Callable[..., Iterable[Finding]]) -> Rule:
        return Rule(
            id=id,
            name=name,
            requirement=requirement,
            level=level,
            basis=basis,
            reference=reference,
            rationale=rationale,
            consequence=consequence,
            fix=fix,
            requires=requires,
            options=options,
            build_passes=passes,
            build_fails=fails,
            evidence=tuple(key for key in inspect.signature(check).parameters if key not in _NOT_EVIDENCE),
            check=check,
        )

    return decorate


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All rules by id, in catalogue order."""

    rules: Mapping[str, Rule]

    @property
    def in_order_of_need(self) -> tuple[Rule, ...]:
        """The rules, each after those it requires."""
        graph = {rule.id: rule.requires for rule in self.rules.values()}
        return tuple(self.rules[id_] for id_ in TopologicalSorter(graph).static_order())

    def find(self, id_: str) -> Rule:
        """The rule of an id that a user wrote.

        Raises:
            ProfileError: There is none; the text names those that come near.
        """
        if id_ in self.rules:
            return self.rules[id_]
        near = get_close_matches(id_.upper(), self.rules, n=3, cutoff=0.3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise ProfileError(f"there is no rule {id_!r}{hint} (`rules` lists them all)")


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Find every rule under ``conformance.rules``.

    Raises:
        CatalogueError: A module does not hold exactly one rule, an id exists twice, a required rule does not.
    """
    package = importlib.import_module("conformance.rules")
    found: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.ispkg:
            continue
        held = [item for item in vars(importlib.import_module(module.name)).values() if isinstance(item, Rule)]
        if len(held) != 1:
            raise CatalogueError(f"{module.name} holds {len(held)} rules, expected exactly one")
        if held[0].id in found:
            raise CatalogueError(f"{module.name}: rule {held[0].id} exists twice")
        found[held[0].id] = held[0]
    for item in found.values():
        unknown = set(item.requires) - found.keys()
        if unknown:
            raise CatalogueError(f"rule {item.id} requires unknown rules: {', '.join(sorted(unknown))}")
    return Catalogue(MappingProxyType(dict(sorted(found.items(), key=_catalogue_order))))


def _catalogue_order(entry: tuple[str, Rule]) -> tuple[int, str]:
    families = "HSJIFCERX"
    return families.find(entry[0][0]), entry[0]
