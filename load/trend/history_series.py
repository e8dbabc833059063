"""The series of a history."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from math import isfinite
from urllib.parse import urlsplit

from load.errors import UsageError
from load.history.entry import HistoryEntry
from load.trend.series import Series, Subject, TrendPoint, Trust
from load.trend.trend_text import hash_text

__all__ = ["DEFAULT_FIGURES", "series_of"]

DEFAULT_FIGURES = ("ttfp_median", "time_to_final_median", "images_per_second")
"""What is looked at where nobody says what; of an entry that has none of them, such as a benchmark's, everything."""

_UNKNOWN = "unknown"
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def series_of(
    entries: Iterable[HistoryEntry],
    *,
    figures: Sequence[str] = (),
    hardware: Sequence[str] = (),
    is_any_endpoint: bool = False,
) -> tuple[Series, ...]:
    """A series for each figure, scenario, endpoint, hardware label, and way to run it that cannot be compared.

    A run that has no finite value of a figure, because it never came, is not in that figure's series.

    Args:
        entries: Oldest first.
        figures: Which figures; without any, the default ones.
        hardware: Which hardware labels; without any, all.
        is_any_endpoint: Whether the same at another address is the same; else each address has its own series.

    Raises:
        UsageError: No entry has a figure or a label of that name; the error lists those there are.
    """
    every = [replace(entry, hardware=_UNKNOWN) if not entry.hardware else entry for entry in entries]
    _require(figures, (figure for entry in every for figure in entry.figures), "figure")
    _require(hardware, (entry.hardware for entry in every), "hardware label")
    chosen = [
        (entry, "" if is_any_endpoint else _without_port(entry.endpoint))
        for entry in every
        if not hardware or entry.hardware in hardware
    ]
    differing = _differing(chosen)
    ways: dict[tuple[str, str, str, str], list[HistoryEntry]] = {}
    for entry, endpoint in chosen:
        fields = differing[entry.scenario, endpoint, entry.hardware]
        variant = ", ".join(f"{name} {hash_text(entry.blocking.get(name) or _UNKNOWN)}" for name in fields)
        ways.setdefault((entry.scenario, endpoint, entry.hardware, variant), []).append(entry)
    found = [one for way, of_way in ways.items() for one in _series_of_way(way, of_way, figures)]
    order = {figure: place for place, figure in enumerate(figures or DEFAULT_FIGURES)}
    found.sort(key=lambda one: (order.get(one.subject.figure, len(order)), one.subject, one.hardware))
    return tuple(found)


def _series_of_way(
    way: tuple[str, str, str, str], entries: Sequence[HistoryEntry], figures: Sequence[str]
) -> Iterator[Series]:
    scenario, endpoint, hardware, variant = way
    points: dict[str, list[TrendPoint]] = {}
    for entry in entries:
        at = _in_utc(entry.started_at)
        for figure in _wanted(entry, figures):
            points.setdefault(figure, []).append(_point(entry, figure, at))
    for figure, of_figure in points.items():
        subject = Subject(figure=figure, scenario=scenario, endpoint=endpoint, variant=variant)
        yield Series(subject=subject, hardware=hardware, points=tuple(of_figure))


def _require(names: Sequence[str], found: Iterable[str], what: str) -> None:
    known = set(found) if names else set()
    for name in names:
        if name not in known:
            raise UsageError(f"no run has the {what} {name!r}; there are {', '.join(sorted(known)) or 'none'}")


def _wanted(entry: HistoryEntry, figures: Sequence[str]) -> list[str]:
    wanted = [figure for figure in figures or DEFAULT_FIGURES if figure in entry.figures]
    wanted = wanted if wanted or figures else sorted(entry.figures)
    return [figure for figure in wanted if isfinite(entry.figures[figure])]


def _differing(chosen: Iterable[tuple[HistoryEntry, str]]) -> dict[tuple[str, str, str], list[str]]:
    """By what runs differ, of all that has to be the same where runs are compared; by scenario, endpoint, hardware."""
    seen: dict[tuple[str, str, str], dict[str, set[str]]] = {}
    for entry, endpoint in chosen:
        values = seen.setdefault((entry.scenario, endpoint, entry.hardware), {})
        for name, value in entry.blocking.items():
            values.setdefault(name, set()).add(value)
    return {key: sorted(name for name in values if len(values[name]) > 1) for key, values in seen.items()}


@cache
def _without_port(endpoint: str) -> str:
    # A server that a job starts on its own machine gets another port each time, and is the same server.
    parts = urlsplit(endpoint)
    if parts.hostname not in _THIS_MACHINE:
        return endpoint
    return parts._replace(netloc=f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname).geturl()


def _point(entry: HistoryEntry, figure: str, at: str) -> TrendPoint:
    return TrendPoint(
        at=at,
        run_id=entry.run_id,
        commit=entry.commit,
        value=entry.figures[figure],
        trust=Trust.INVALID if not entry.is_valid else Trust.NOISY if entry.is_noisy else Trust.COUNTED,
    )


def _in_utc(text: str) -> str:
    instant = datetime.fromisoformat(text)
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
