"""Rule sets: which rules count, at which level and with which limits.

``latest`` is the catalogue as it is. A frozen set is data, and judges by what existed when it was published: a rule
that is newer runs unscored, and a level or a limit that has changed since is the one of then. The code of a rule is
not frozen, so that a mistake in it is mended in every set.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from conformance.catalogue import Catalogue, Level, Rule
from conformance.core import CatalogueError, ProfileError

__all__ = ["LATEST", "FrozenRule", "RuleSet", "load_rule_set", "parse_rule_set", "rule_set_names"]

_LATEST_NAME = "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenRule:
    """What a set promises of one rule.

    Attributes:
        name: Its name, which stands for its meaning and never changes.
        level: Its level in this set.
        options: Its options' default values in this set.
    """

    name: str
    level: Level
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """A set of rules by which transcripts are judged.

    Attributes:
        name: Its name.
        rules: Its rules by id; None for all there are, as they are.
    """

    name: str
    rules: Mapping[str, FrozenRule] | None = None

    def scores(self, rule_id: str) -> bool:
        """Whether a rule's verdict counts."""
        return self.rules is None or rule_id in self.rules

    def applied(self, catalogue: Catalogue) -> Catalogue:
        """The catalogue with the rules of this set as they were when it was frozen.

        They require no newer rule, whose failure would otherwise silence them.
        """
        if self.rules is None:
            return catalogue
        return Catalogue(MappingProxyType({id_: self._applied(rule) for id_, rule in catalogue.rules.items()}))

    def _applied(self, rule: Rule) -> Rule:
        if self.rules is None or rule.id not in self.rules:
            return rule
        frozen = self.rules[rule.id]
        return replace(
            rule,
            level=frozen.level,
            options=replace(rule.options, **frozen.options) if rule.options is not None else None,
            requires=tuple(id_ for id_ in rule.requires if self.scores(id_)),
        )


LATEST = RuleSet(name=_LATEST_NAME)
"""Every rule there is, as it is."""


def rule_set_names() -> tuple[str, ...]:
    """The sets there are: ``latest``, then the frozen ones."""
    folder = files("conformance.judging") / "rule_sets"
    return (_LATEST_NAME, *sorted(file.name[:-5] for file in folder.iterdir() if file.name.endswith(".toml")))


def load_rule_set(name: str, catalogue: Catalogue) -> RuleSet:
    """A rule set by name.

    Raises:
        ProfileError: There is none of that name; the text lists those there are.
        CatalogueError: The catalogue no longer keeps what the set promises.
    """
    if name not in rule_set_names():
        raise ProfileError(f"unknown rule set {name!r}: use {', '.join(rule_set_names())}")
    if name == _LATEST_NAME:
        return LATEST
    return parse_rule_set(
        (files("conformance.judging") / "rule_sets" / f"{name}.toml").read_text("utf-8"), name, catalogue
    )


def parse_rule_set(text: str, name: str, catalogue: Catalogue) -> RuleSet:
    """Read a frozen set from TOML: one table a rule.

    Raises:
        CatalogueError: A rule of the set is gone or has another name, or an option is gone or has another type.
    """
    rules = {
        id_: FrozenRule(name=table["name"], level=Level(table["level"]), options=table.get("options", {}))
        for id_, table in tomllib.loads(text).items()
    }
    for id_, frozen in rules.items():
        _check_promise(f"rule set {name}", id_, frozen, catalogue)
    return RuleSet(name=name, rules=MappingProxyType(rules))


def _check_promise(where: str, id_: str, frozen: FrozenRule, catalogue: Catalogue) -> None:
    rule = catalogue.rules.get(id_)
    if rule is None:
        raise CatalogueError(f"{where} holds {id_} {frozen.name}, which is gone: a published rule stays")
    if rule.name != frozen.name:
        raise CatalogueError(
            f"{where} holds {id_} {frozen.name}, which is now {rule.name}: a published id keeps its meaning"
        )
    options = asdict(rule.options) if rule.options is not None else {}
    for option, value in frozen.options.items():
        if type(options.get(option)) is not type(value):
            raise CatalogueError(
                f"{where} holds {id_} with {option} = {value!r}, which is now {options.get(option)!r}: "
                "a published option stays"
            )
