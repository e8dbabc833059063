"""The simulation behind the page's rates, at a small size."""

from benchmarks.regression.trend_simulation import Finding, false_shares, finding, ratios, run_medians
from load.trend.sensitivity import Sensitivity


def test_ratios_are_followed_without_a_false_change():
    """None in 40 histories, however often one looks; a step of 5 % is seen as soon as five runs have shown it."""
    assert false_shares(ratios, Sensitivity(), 40) == (0, 0)
    assert finding(ratios, Sensitivity(), 20, 1.05) == Finding(share=1.0, median_runs=5)


def test_slow_hosts_are_rarely_taken_for_a_change():
    """Seeds are fixed: of 100 histories of run medians two at the most end with a change that is none."""
    once, ever = false_shares(run_medians, Sensitivity(), 100)
    assert once <= 0.02
    assert ever <= 0.12


def test_a_finding_reads_as_a_cell():
    """With its delay, or without one where nothing was found."""
    assert str(Finding(share=0.59, median_runs=6.5)) == "59%, after 6.5 runs"
    assert str(Finding(share=1.0, median_runs=1)) == "100%, after 1 run"
    assert str(Finding(share=0.0, median_runs=None)) == "0%"
