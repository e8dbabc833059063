"""The power that timing rules state: it is there, it is printed, and it is still true."""

import io
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from benchmarks.power.scenarios import SCENARIOS, Scenario
from benchmarks.power.tally import tally
from conformance.catalogue import Level, load_catalogue
from conformance.rule_pages import markdown_page, show_rule
from conformance.rule_pages.power import Figure, figures_of, interval, load_figures

RULES = load_catalogue().rules
TIMING_RULES = ("C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08", "F04", "H12", "I06", "I11", "R01")
# Each run is the first of the stored ones again, so that this is no matter of luck.
SHARE = 0.02
LEAST_RUNS = 20


def stored(scenario: Scenario, repeat: int, rules: tuple[str, ...]) -> Figure:
    return next(
        figure
        for figure in load_figures()
        if (figure.scenario, figure.repeat, figure.rules) == (scenario.name, repeat, rules)
    )


def is_compatible(counted: Figure, of: Figure) -> bool:
    """Whether the share of the stored figure can be that of the few runs that were counted again."""
    low, high = interval(counted.fell_short, counted.runs, confidence=0.999)
    return low <= of.fell_short / of.runs <= high


@pytest.mark.parametrize("id_", TIMING_RULES)
def test_every_timing_rule_states_its_power(id_: str) -> None:
    """How often it cries wolf in thousands of good runs, and how often it misses."""
    good = sum(figure.runs for figure in figures_of(id_) if figure.is_good)
    bad = sum(figure.runs for figure in figures_of(id_) if not figure.is_good)
    assert (good >= 1000, bad >= 500) == (True, True)


@pytest.mark.parametrize("id_", TIMING_RULES)
def test_timing_rules_hardly_ever_cry_wolf(id_: str) -> None:
    """A MUST never, on networks harsher than most, and a SHOULD once in a thousand checks at most."""
    # A long cold start is late by definition: C01 and C02 say so, and ask for --warm-up.
    is_cold = {figure for figure in figures_of(id_) if id_ in ("C01", "C02") and "cold" in figure.scenario}
    alarms = [figure for figure in figures_of(id_) if figure.is_good and figure.wrong and figure not in is_cold]
    tolerated = 0.0 if RULES[id_].level is Level.MUST else 0.001
    assert [each for each in alarms if each.wrong > tolerated * each.runs] == []


def test_figures_are_of_the_scenarios_there_are() -> None:
    """Regenerated whenever one is added, dropped or renamed: `python -m benchmarks.power`."""
    simulated = {(item.name, repeat, runs) for item in SCENARIOS for repeat, runs in item.runs}
    assert {(figure.scenario, figure.repeat, figure.runs) for figure in load_figures()} == simulated


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name.replace(" ", "-"))
def test_stored_figures_are_those_of_the_rules_as_they_are(scenario: Scenario) -> None:
    """A rule that became blind or nervous fails here until its figures are regenerated."""
    counted = [
        figure
        for repeat, runs in scenario.runs
        for figure in tally(scenario, repeat, max(int(runs * SHARE), LEAST_RUNS))
    ]
    changed = [each for each in counted if not is_compatible(each, stored(scenario, each.repeat, each.rules))]
    assert changed == []


@pytest.mark.parametrize("id_", TIMING_RULES)
def test_power_is_printed_on_the_page_and_by_explain(id_: str) -> None:
    """With the number of runs and an upper bound."""
    text = io.StringIO()
    show_rule(RULES[id_], Console(file=text, width=10_000))
    figure = figures_of(id_)[0]
    words = f"{figure.wrong:,} of {figure.runs:,} {figure.scenario} (at most"
    section = markdown_page(load_catalogue()).partition(f"## {id_} ")[2].partition("\n## ")[0]
    assert (words in text.getvalue(), words in section) == (True, True)


def test_a_rule_that_needs_no_clock_states_no_power() -> None:
    """Its samples prove it."""
    assert figures_of("S03") == ()


def test_nothing_in_thousands_is_bounded_by_the_rule_of_three() -> None:
    """The known approximation, 3 in 4,000, of the exact bound."""
    figure = Figure(
        rules=("C04",), scenario="good runs", is_good=True, repeat=1, runs=4000, fell_short=0, not_applicable=0
    )
    assert figure.at_most == pytest.approx(3 / 4000, rel=0.01)


def test_what_is_not_judged_is_missed() -> None:
    """The user of a buffered endpoint is told of no fault."""
    figure = Figure(rules=("C04",), scenario="kept", is_good=False, repeat=1, runs=10, fell_short=6, not_applicable=3)
    assert figure.wrong == 4


@given(st.integers(1, 60), st.data())
def test_interval_is_where_the_tails_have_their_probability(of: int, data: st.DataObject) -> None:
    """By the definition of Clopper and Pearson, computed with exact binomials."""
    count = data.draw(st.integers(0, of))
    low, high = interval(count, of, confidence=0.95)

    def seen(counts: range, share: float) -> float:
        return sum(comb(of, item) * share**item * (1 - share) ** (of - item) for item in counts)

    tails = (
        0.025 if count == 0 else seen(range(count, of + 1), low),
        0.025 if count == of else seen(range(count + 1), high),
    )
    assert tails == pytest.approx((0.025, 0.025), rel=1e-6)
