"""The inputs of a gate, which reach it as environment variables."""

import shlex
from collections.abc import Mapping

__all__ = ["WrongInputError", "given", "is_on", "option", "words"]


class WrongInputError(Exception):
    """A variable cannot be used; the text begins with its name, without the prefix, and says what was expected."""


def given(environment: Mapping[str, str], prefix: str) -> dict[str, str]:
    """The variables with a prefix, without it."""
    return {name.removeprefix(prefix): value for name, value in environment.items() if name.startswith(prefix)}


def option(name: str) -> str:
    """The option of the command that a variable is for: ``MOST_ROUNDS`` is ``--most-rounds``."""
    return "--" + name.lower().replace("_", "-")


def is_on(name: str, inputs: Mapping[str, str]) -> bool:
    """Whether a switch is on; one that is not given is off.

    Raises:
        WrongInputError: It is neither ``true`` nor ``false``.
    """
    value = inputs.get(name) or "false"
    if value not in ("true", "false"):
        raise WrongInputError(f"{name} is {value!r}, expected 'true' or 'false'")
    return value == "true"


def words(text: str) -> list[str]:
    """The words of further arguments, as a shell would part them; nothing in them is expanded.

    Raises:
        WrongInputError: A quotation is not closed.
    """
    try:
        return shlex.split(text)
    except ValueError as error:
        raise WrongInputError(f"ARGUMENTS is {text!r}, expected words as in a shell: {error}") from error
