"""The JSON of one event, read as strictly as the strictest client reads it.

Source: RFC 8259 for the grammar (no NaN, no Infinity) and for what makes a document unpredictable (section 4:
repeated names; section 8.2: lone surrogates); ECMA-262 for the integers JavaScript can hold (2^53 - 1).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["MAX_SAFE_INTEGER", "Json", "Payload", "parse_payload", "walk"]

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

MAX_SAFE_INTEGER = 2**53 - 1

_SURROGATE = re.compile("[\ud800-\udfff]")
# int() refuses longer texts; such a number is far outside every safe range anyway.
_MOST_DIGITS = 4000
_MOST_PATH_CHARACTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A parsed event.

    Attributes:
        value: The document; None when it did not parse (see ``error``).
        error: Why it is not strict JSON, or None.
        error_position: Index of the character where parsing stopped.
        duplicate_keys: Member names that occur twice in one object.
    """

    value: Json = None
    error: str | None = None
    error_position: int = 0
    duplicate_keys: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether the text is strict JSON."""
        return self.error is None

    @property
    def members(self) -> dict[str, Json]:
        """The members of an object; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def lone_surrogates(self) -> tuple[str, ...]:
        """Paths of strings that hold half a surrogate pair."""
        texts = ((path, value) for path, value in walk(self.value) if isinstance(value, str) and not value.isascii())
        return tuple(path for path, text in texts if _SURROGATE.search(text))

    @property
    def unsafe_integers(self) -> tuple[tuple[str, int | float], ...]:
        """Paths and values of integers that JavaScript rounds."""
        return tuple(
            (path, value)
            for path, value in walk(self.value)
            if isinstance(value, int | float)
            and not isinstance(value, bool)
            and (isinstance(value, int) or value == float("inf"))
            and abs(value) > MAX_SAFE_INTEGER
        )


class _NotStrictError(ValueError):
    pass


def parse_payload(text: str) -> Payload:
    """Parse one event's data."""
    duplicates: list[str] = []

    def pairs(members: list[tuple[str, Json]]) -> dict[str, Json]:
        result = dict(members)
        if len(result) < len(members):
            counts = Counter(name for name, _ in members)
            duplicates.extend(name for name, count in counts.items() if count > 1)
        return result

    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_int=_parse_integer, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        return Payload(error=error.msg, error_position=error.pos)
    except _NotStrictError as error:
        return Payload(error=f"{error} is not JSON", error_position=max(text.find(str(error)), 0))
    except RecursionError:
        return Payload(error="nested too deeply")
    return Payload(value=value, duplicate_keys=tuple(dict.fromkeys(duplicates)))


def walk(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every value in a document with its path (``images[0].url``), parents before children.

    The beginning of a path that grows very long is left out, since paths of nested long names would take more
    memory than the document.
    """
    yield path, value
    # One iterator a level: to put all children on a stack would hold a path for each of them at once.
    levels = [_children(path, value)]
    while levels:
        for path, value in levels[-1]:
            yield path, value
            if isinstance(value, dict | list):
                levels.append(_children(path, value))
                break
        else:
            levels.pop()


def _children(path: str, value: Json) -> Iterator[tuple[str, Json]]:
    path = path if len(path) <= _MOST_PATH_CHARACTERS else f"...{path[-_MOST_PATH_CHARACTERS:]}"
    if isinstance(value, dict):
        return ((f"{path}.{name}" if path else name, child) for name, child in value.items())
    if isinstance(value, list):
        return ((f"{path}[{index}]", child) for index, child in enumerate(value))
    return iter(())


def _refuse_constant(name: str) -> Json:
    raise _NotStrictError(name)


def _parse_integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)
