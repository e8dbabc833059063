"""A table of a TOML document, read key by key: unknown keys and wrong types are refused by name."""

import tomllib
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, TypeVar

from conformance.core import ProfileError

__all__ = ["TomlTable", "parse_toml"]

_Choice = TypeVar("_Choice", bound=Enum)


def parse_toml(text: str, what: str) -> dict[str, Any]:
    """The document of a text.

    Raises:
        ProfileError: It is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{what} is not valid TOML: {error}") from error


class TomlTable:
    """One table. Every method raises ``ProfileError`` where a value is not what it should be."""

    def __init__(self, values: object, where: str, known: Iterable[str] | None = None) -> None:
        """Refuse what is no table, and unknown keys.

        Args:
            values: The table as parsed.
            where: What messages call it.
            known: Its keys; None where they are free.

        Raises:
            ProfileError: It is no table, or has another key; the text lists the valid ones.
        """
        if not isinstance(values, dict):
            raise ProfileError(f"{where} is {values!r}, expected a table")
        valid = sorted(values if known is None else known)
        unknown = sorted(values.keys() - set(valid))
        if unknown:
            raise ProfileError(f"{where}: unknown key {unknown[0]!r}; valid are {', '.join(valid)}")
        self.values: Mapping[str, Any] = values
        self._where = where

    def text(self, key: str) -> str | None:
        """A text that is not blank, or None where the key is absent."""
        return self._text(key, self.values[key]) if key in self.values else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is absent."""
        listed = self.values.get(key, [])
        if not isinstance(listed, list):
            raise self.refusal(key, 'a list of texts such as ["image"]')
        return tuple(self._text(key, item) for item in listed)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.refusal(key, "true or false")
        return value

    def choice(self, key: str, default: _Choice) -> _Choice:
        """One of the words of an enum."""
        return self.chosen(key, self.values.get(key, default.value), type(default))

    def chosen(self, key: str, word: object, words: type[_Choice]) -> _Choice:
        """The member of an enum whose value the word is."""
        found = next((member for member in words if member.value == word), None)
        if found is None:
            raise ProfileError(
                f"{self._where}.{key} is {word!r}, expected one of {', '.join(str(member.value) for member in words)}"
            )
        return found

    def table(self, key: str, known: Iterable[str] | None = None) -> "TomlTable":
        """A table within; empty where the key is absent."""
        return TomlTable(self.values.get(key, {}), f"{self._where}.{key}", known)

    def refusal(self, key: str, expected: str) -> ProfileError:
        """The error that says what was read against what was expected."""
        return ProfileError(f"{self._where}.{key} is {self.values.get(key)!r}, expected {expected}")

    def _text(self, key: str, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.refusal(key, "a text")
        return value
