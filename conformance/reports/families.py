"""The families of rules: what the first letter of an id stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from conformance.catalogue import Rule

__all__ = ["Family", "family_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of rules.

    Attributes:
        letter: The first letter of its rules' ids.
        name: One word, for machines: the folder its rules live in.
        title: A few words, for people.
    """

    letter: str
    name: str
    title: str


_FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        letter: Family(letter=letter, name=name, title=title)
        for letter, name, title in (
            ("H", "head", "head and framing"),
            ("S", "sse", "bytes of the stream"),
            ("J", "json", "JSON payloads"),
            ("I", "image", "pictures"),
            ("F", "final", "final event, end"),
            ("C", "cadence", "cadence"),
            ("E", "error", "errors, refusals"),
            ("R", "robustness", "robustness"),
            ("X", "client", "official clients"),
        )
    }
)


def family_of(rule: Rule) -> Family:
    """The rule's family; one that bears only its letter where the letter is not known here."""
    letter = rule.family
    return _FAMILIES.get(letter) or Family(letter=letter, name=letter.lower(), title=f"family {letter}")
