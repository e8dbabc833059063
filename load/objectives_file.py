"""Objectives kept in a TOML file, so that a limit is under version control beside what it limits."""

import tomllib
from pathlib import Path

from load.errors import ObjectiveError
from load.objectives import Objective, parse_objectives

__all__ = ["read_objectives"]


def read_objectives(path: Path) -> tuple[Objective, ...]:
    """The objectives in the file's ``[objectives]`` table: ``ttfp = ["p(95)<1.2s", "med<800ms"]``.

    Raises:
        ObjectiveError: The file cannot be read, has no such table, or one of them is not valid.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("objectives")
    except (OSError, ValueError) as error:
        raise ObjectiveError(f"{path} cannot be read as TOML: {error}") from error
    if not isinstance(table, dict):
        raise ObjectiveError(f"{path} has no [objectives] table with lines such as ttfp = ['p(95)<1.2s']")
    return parse_objectives(table)
