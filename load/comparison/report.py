"""A comparison of stored runs: for a person, for a pull request, for a program."""

import json
from collections.abc import Callable
from math import isinf
from types import MappingProxyType

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from load.comparison.figure_comparison import FigureComparison
from load.comparison.run_comparison import RunComparison
from load.history.figure_label import FigureLabel
from load.regression.share import share_text
from load.regression.verdict import RegressionVerdict
from load.value_text import value_text

__all__ = ["FORMATS", "print_comparison", "sentence"]

_HEADINGS = ("figure", "base → candidate", "change", "bounds", "verdict")
_PERCENT = 100


def print_comparison(console: Console, comparison: RunComparison) -> None:
    """A line a figure, and what it comes to."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for place, heading in enumerate(_HEADINGS):
        table.add_column(heading, overflow="fold", no_wrap=place == 0)
    for one in comparison.figures:
        table.add_row(*map(escape, _cells(one)))
    console.print(table)
    console.print(escape(sentence(comparison)), style="bold", highlight=False, soft_wrap=True)
    console.print(_runs_line(comparison), markup=False, highlight=False, soft_wrap=True)


def sentence(comparison: RunComparison) -> str:
    """What it comes to, and what to do about it."""
    if comparison.verdict is RegressionVerdict.REGRESSED:
        found = f"regressed: {_named(comparison, RegressionVerdict.REGRESSED)}"
        return found if comparison.is_confirmed else f"warning: {found}; add a second fresh run to confirm it"
    if comparison.verdict is RegressionVerdict.NO_REGRESSION:
        return f"no regression larger than {share_text(comparison.margin)}"
    if comparison.is_suspicious:
        return "warning: it looks slower than chance would make it; add a fresh run of the candidate to confirm it"
    too_few = (
        "too few runs to say anything so surely"
        if any(isinf(one.high) for one in comparison.figures)
        else (f"the margin of {share_text(comparison.margin)} lies between the bounds")
    )
    return f"not enough data: {too_few}; add runs, or let both take turns (load ab)"


def _markdown(comparison: RunComparison) -> str:
    lines = [f"### {sentence(comparison)}", "", f"| {' | '.join(_HEADINGS)} |", "| --- | --: | --: | --: | --- |"]
    lines += [f"| {' | '.join(_cells(one))} |" for one in comparison.figures]
    return "\n".join([*lines, "", f"{_runs_line(comparison)}."]) + "\n"


def _json(comparison: RunComparison) -> str:
    document = {
        "format": "fal-stream-run-comparison",
        "version": 1,
        "verdict": comparison.verdict.value,
        "sentence": sentence(comparison),
        "is_suspicious": comparison.is_suspicious,
        "margin": comparison.margin,
        "base_runs": comparison.base_runs,
        "candidate_runs": comparison.candidate_runs,
        "left_out": comparison.left_out,
        "on_both": comparison.on_both,
        "figures": {
            one.figure: {
                "verdict": one.verdict.value,
                "base": one.base,
                "candidate": one.candidate,
                "change": one.change,
                "low": one.low,
                "high": None if isinf(one.high) else one.high,
                "smallest_effect": None if isinf(one.smallest_effect) else one.smallest_effect,
            }
            for one in comparison.figures
        },
    }
    return json.dumps(document, indent=2) + "\n"


FORMATS = MappingProxyType[str, Callable[[RunComparison], str]]({"json": _json, "markdown": _markdown})
"""How each format is written, by its name."""


def _cells(one: FigureComparison) -> tuple[str, ...]:
    label = FigureLabel.of(one.figure)
    values = f"{value_text(one.base, label.unit)} → {value_text(one.candidate, label.unit)}"
    return (label.title, values, _signed(one.change), _bounds(one), one.verdict.value)


def _bounds(one: FigureComparison) -> str:
    if isinf(one.high):
        return "?"
    return f"{_signed(one.low)} to {_signed(one.high)}"


def _signed(share: float) -> str:
    return f"{share * _PERCENT:+.1f} %"


def _named(comparison: RunComparison, verdict: RegressionVerdict) -> str:
    found = [one for one in comparison.figures if one.verdict is verdict]
    return ", ".join(f"{FigureLabel.of(one.figure).title} {_signed(one.change)}" for one in found)


def _runs_line(comparison: RunComparison) -> str:
    left_out = f"; {comparison.left_out} noisy or invalid left out" if comparison.left_out else ""
    on_both = f"; {comparison.on_both} on both sides, the candidate's" if comparison.on_both else ""
    runs = "run" if comparison.base_runs == 1 else "runs"
    return (
        f"{comparison.base_runs} {runs} of the base, {comparison.candidate_runs} of the candidate"
        f"{left_out}{on_both}{_power(comparison)}"
    )


def _power(comparison: RunComparison) -> str:
    largest = max(one.smallest_effect for one in comparison.figures)
    return "" if isinf(largest) else f"; about {share_text(largest)} worse would be found nine times in ten"
