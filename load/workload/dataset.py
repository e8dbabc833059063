"""A dataset of payloads: what each stream of a mixed workload asks for."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import isfinite
from random import Random
from typing import Any

from load.errors import DatasetError

__all__ = ["DatasetItem", "drawn", "read_csv", "read_json_lines"]

_WEIGHT, _GROUP = "weight", "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetItem:
    """One kind of request.

    Attributes:
        overrides: Fields that replace or join those of the run's payload, by name.
        weight: How often it is drawn, in proportion to the others.
        group: What reports call streams of it; empty where the dataset does not say.
    """

    overrides: tuple[tuple[str, Any], ...]
    weight: float = 1.0
    group: str = ""


def read_json_lines(lines: Iterable[str]) -> tuple[DatasetItem, ...]:
    """The items of a file with one JSON object a line; blank lines are passed over.

    ``weight`` and ``group`` are the item's own, and every other field goes into the payload.

    Raises:
        DatasetError: A line is not such an object, or there is none; the text names the line.
    """
    return _some(_item(number, _json_object(number, line)) for number, line in enumerate(lines, 1) if line.strip())


def read_csv(lines: Iterable[str]) -> tuple[DatasetItem, ...]:
    """The items of a table whose first line names the fields; an empty cell leaves the field as it is.

    A cell that is a JSON number, ``true``, ``false`` or ``null`` is that; any other is text.

    Raises:
        DatasetError: A line has more or fewer cells than the first, or there is none; the text names the line.
    """
    reader = csv.reader(lines, strict=True)
    return _some(_table_items(reader))


def drawn(items: Sequence[DatasetItem], *, seed: int) -> Iterator[DatasetItem]:
    """Items by their weights, in an order that the seed says all about, without end."""
    draws = Random(seed)  # noqa: S311 - chance shapes the load, and guards nothing
    weights = list(accumulate(item.weight for item in items))
    while True:
        yield draws.choices(items, cum_weights=weights)[0]


def _some(items: Iterable[DatasetItem]) -> tuple[DatasetItem, ...]:
    items = tuple(items)
    if not any(item.weight for item in items):
        raise DatasetError("the dataset holds no line that can be drawn")
    return items


def _table_items(reader: Any) -> Iterator[DatasetItem]:
    try:
        names = next(reader, None) or []
        if len(set(names)) < len(names) or not all(names):
            raise DatasetError(f"line 1 of the dataset names {', '.join(map(repr, names))}, expected different names")
        for cells in reader:
            if cells and len(cells) != len(names):
                raise DatasetError(
                    f"line {reader.line_num} of the dataset has {len(cells)} cells, expected {len(names)}"
                )
            if any(cells):
                fields = {name: _cell(cell) for name, cell in zip(names, cells, strict=True) if cell}
                yield _item(reader.line_num, fields)
    except csv.Error as error:
        raise DatasetError(f"line {reader.line_num} of the dataset is not CSV: {error}") from error


def _item(number: int, fields: dict[str, Any]) -> DatasetItem:
    weight, group = fields.pop(_WEIGHT, 1.0), fields.pop(_GROUP, "")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not isfinite(weight) or weight < 0:
        raise DatasetError(f"line {number} of the dataset has the weight {weight!r}, expected a number from 0")
    return DatasetItem(overrides=tuple(fields.items()), weight=weight, group=str(group))


def _json_object(number: int, line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"line {number} of the dataset is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise DatasetError(f"line {number} of the dataset is {line.strip()!r}, expected a JSON object")
    return fields


def _cell(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, str | list | dict) else value


def _refuse(constant: str) -> None:
    # NaN and Infinity are Python's, not JSON's: no endpoint could read them.
    raise ValueError(f"{constant} is no JSON value")
