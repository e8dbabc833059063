"""Profiles: how one kind of endpoint is asked and judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from conformance.catalogue import Basis, Catalogue, Rule
from conformance.core import ProfileError
from conformance.probing.endpoint import Method
from conformance.profiles.toml_table import TomlTable
from conformance.stream.conventions import Conventions
from conformance.stream.payload import Json

__all__ = ["Auth", "Profile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """How a key is sent.

    Attributes:
        scheme: The word before it, ``Key`` at fal; empty to send the key alone, None to send none at all.
        header: The header that holds it.
        is_required: Whether the endpoint is not asked without one.
    """

    scheme: str | None = "Key"
    header: str = "Authorization"
    is_required: bool = False

    def header_for(self, key: str) -> tuple[str, str]:
        """The request header for a key."""
        return self.header, f"{self.scheme} {key}".strip() if self.scheme else key


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How one kind of endpoint is judged.

    Attributes:
        name: Its name.
        summary: For which endpoints it is meant, one sentence.
        method: How a stream is asked for.
        payload: The input of a generation when the user gives none.
        auth: How a key is sent.
        conventions: How its events are to be understood.
        bases: The only reasons for which rules are judged; empty for every reason.
        options: Option values by rule id, over the rules' own defaults.
        not_applicable: Rules that make no sense for this kind of endpoint, with the reason.
    """

    name: str
    summary: str = ""
    method: Method = Method.POST
    payload: Mapping[str, Json] = field(default_factory=dict)
    auth: Auth = field(default_factory=Auth)
    conventions: Conventions = field(default_factory=Conventions)
    bases: tuple[Basis, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    not_applicable: Mapping[str, str] = field(default_factory=dict)

    def options_for(self, rule: Rule) -> Any:
        """The rule's options with this profile's values."""
        return replace(rule.options, **self.options.get(rule.id, {})) if rule.options is not None else None

    def exclusion(self, rule: Rule) -> str | None:
        """Why a rule is not judged, or None."""
        if self.bases and rule.basis not in self.bases:
            named = ", ".join(basis.value for basis in self.bases)
            return f"the profile judges rules of the basis {named}; this one's is {rule.basis.value}"
        return self.not_applicable.get(rule.id)

    def validate(self, catalogue: Catalogue) -> None:
        """Check rule ids and options against the catalogue.

        Raises:
            ProfileError: A rule or an option does not exist, or a value has the wrong type.
        """
        for id_ in (*self.options, *self.not_applicable):
            catalogue.find(id_)
        for id_, values in self.options.items():
            _check_options(catalogue.find(id_), values)


def _check_options(rule: Rule, values: object) -> None:
    if rule.options is None:
        raise ProfileError(f"rule {rule.id} has no options")
    defaults = {item.name: getattr(rule.options, item.name) for item in fields(rule.options)}
    table = TomlTable(values, f"rules.{rule.id}", defaults)
    for name, value in table.values.items():
        wanted = (int, float) if isinstance(defaults[name], float) else type(defaults[name])
        if not isinstance(value, wanted) or isinstance(value, bool) != isinstance(defaults[name], bool):
            raise table.refusal(name, f"a value like {defaults[name]!r}")
