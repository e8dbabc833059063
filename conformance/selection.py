"""What is judged, and with which settings: profiles and selections of rules.

A profile is data in TOML (its keys are in the documentation). Nothing here reads a file but the built-in
profiles: callers hand in text.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from importlib.resources import files
from typing import Any

from conformance.catalogue import Catalogue, Rule
from conformance.conventions import Conventions, FinalMarker
from conformance.core import ProfileError
from conformance.payload import Json

__all__ = [
    "Profile",
    "built_in_profiles",
    "load_profile",
    "parse_profile",
    "select_rules",
]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How one kind of endpoint is judged.

    Attributes:
        name: Its name.
        summary: For which endpoints it is meant, one sentence.
        payload: The input of a generation when the user gives none.
        conventions: How payloads are to be understood.
        options: Option values by rule id, over the rules' own defaults.
        not_applicable: Rules that make no sense for this kind of endpoint, with the reason.
    """

    name: str
    summary: str = ""
    payload: Mapping[str, Json] = field(default_factory=dict)
    conventions: Conventions = field(default_factory=Conventions)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    not_applicable: Mapping[str, str] = field(default_factory=dict)

    def options_for(self, rule: Rule) -> Any:
        """The rule's options with this profile's values."""
        return replace(rule.options, **self.options.get(rule.id, {})) if rule.options is not None else None

    def validate(self, catalogue: Catalogue) -> None:
        """Check rule ids and options against the catalogue.

        Raises:
            ProfileError: A rule or an option does not exist, or a value has the wrong type.
        """
        for id_ in (*self.options, *self.not_applicable):
            catalogue.find(id_)
        for id_, values in self.options.items():
            _check_options(catalogue.find(id_), values)


def built_in_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the package."""
    folder = files("conformance") / "profiles"
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name[-5:] == ".toml"))


def load_profile(name: str) -> Profile:
    """A built-in profile.

    Raises:
        ProfileError: There is none of that name; the text lists those there are.
    """
    if name not in built_in_profiles():
        raise ProfileError(f"unknown profile {name!r}: use {', '.join(built_in_profiles())}, or a path to a .toml file")
    return parse_profile((files("conformance") / "profiles" / f"{name}.toml").read_text("utf-8"), name=name)


def parse_profile(text: str, *, name: str) -> Profile:
    """Read a profile from TOML.

    Raises:
        ProfileError: It is not TOML, has unknown keys, or a value of the wrong type.
    """
    document = _toml(text, f"profile {name!r}")
    known = {"summary", "payload", "conventions", "rules", "not_applicable"}
    _refuse_unknown(document, known, f"profile {name!r}")
    for key in known - {"summary"}:
        if not isinstance(document.get(key, {}), dict):
            raise ProfileError(f"profile {name!r}: {key!r} must be a table")
    return Profile(
        name=name,
        summary=str(document.get("summary", "")),
        payload=document.get("payload", {}),
        conventions=_conventions(document.get("conventions", {}), name),
        options=document.get("rules", {}),
        not_applicable=document.get("not_applicable", {}),
    )


def select_rules(catalogue: Catalogue, *, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> frozenset[str]:
    """Ids of the rules to report. A selector is an id (``S03``) or a family (``S``).

    Raises:
        ProfileError: A selector matches no rule, or nothing is left.
    """
    chosen = _matching(select, catalogue) if select else frozenset(catalogue.rules)
    chosen -= _matching(ignore, catalogue)
    if not chosen:
        raise ProfileError("the selection leaves no rule to judge")
    return chosen


def _matching(selectors: Iterable[str], catalogue: Catalogue) -> frozenset[str]:
    matched: set[str] = set()
    for selector in selectors:
        ids = {id_ for id_ in catalogue.rules if id_ == selector.upper() or id_[0] == selector.upper()}
        if not ids:
            catalogue.find(selector)
        matched |= ids
    return frozenset(matched)


def _check_options(rule: Rule, values: object) -> None:
    if rule.options is None:
        raise ProfileError(f"rule {rule.id} has no options")
    if not isinstance(values, dict):
        raise ProfileError(f"rules.{rule.id} must be a table of options")
    defaults = {item.name: getattr(rule.options, item.name) for item in fields(rule.options)}
    _refuse_unknown(values, set(defaults), f"rules.{rule.id}")
    for name, value in values.items():
        wanted = (int, float) if isinstance(defaults[name], float) else type(defaults[name])
        if not isinstance(value, wanted) or isinstance(value, bool) != isinstance(defaults[name], bool):
            raise ProfileError(f"rules.{rule.id}.{name} is {value!r}, expected a value like {defaults[name]!r}")


def _conventions(table: dict[str, Any], profile: str) -> Conventions:
    _refuse_unknown(table, {"carries_pictures", "picture_names", "final_marker"}, f"profile {profile!r}")
    try:
        marker = table.get("final_marker")
        return Conventions(
            carries_pictures=bool(table.get("carries_pictures", True)),
            picture_names=frozenset(table.get("picture_names", Conventions().picture_names)),
            final_marker=FinalMarker(name=marker["name"], value=marker["value"]) if marker else None,
        )
    except (KeyError, TypeError) as error:
        raise ProfileError(
            f'profile {profile!r}: a final_marker is written {{ name = "type", value = "final" }}'
        ) from error


def _toml(text: str, what: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{what} is not valid TOML: {error}") from error


def _refuse_unknown(table: Mapping[str, object], known: set[str], where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ProfileError(f"{where}: unknown key {unknown[0]!r}; valid are {', '.join(sorted(known))}")
