"""Objectives kept in a TOML file, so that a limit is under version control beside what it limits."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from load.errors import ObjectiveError
from load.objectives import Objective

__all__ = ["read_objectives", "read_options"]


def read_options(texts: Iterable[str], file: str) -> tuple[Objective, ...]:
    """The objectives of a command line: those of the file it names, then those it spells.

    Raises:
        ObjectiveError: One of them is not valid, or the file is not.
    """
    return (*(read_objectives(Path(file)) if file else ()), *map(Objective.parse, texts))


def read_objectives(path: Path) -> tuple[Objective, ...]:
    """The objectives in the file's list ``objectives = ["ttfp_p95 <= 1.5 s", "failure_ratio <= 0.1 %"]``.

    Raises:
        ObjectiveError: The file cannot be read, has no such list, or one of them is not valid.
    """
    try:
        texts = tomllib.loads(path.read_text(encoding="utf-8")).get("objectives")
    except (OSError, ValueError) as error:
        raise ObjectiveError(f"{path} cannot be read as TOML: {error}") from error
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ObjectiveError(f"{path} has no list such as objectives = ['ttfp_p95 <= 1.5 s']")
    return tuple(map(Objective.parse, texts))
