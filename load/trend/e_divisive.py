"""Apache Otava's E-Divisive. This is the one module that knows it.

The algorithm parts a series where the two sides are most unlike each other (Matteson and James 2014, "A Nonparametric
Approach for Multiple Change Point Analysis of Multivariate Data"), in windows that slide over it, with Student's test
in place of permutations (Fleming et al. 2023, "Hunter: Using Change Point Detection to Hunt for Performance
Regressions"). Nothing in it is drawn by chance, and windows bound its cost: it grows with the points, not their square.

Otava takes a second to come, and comes with an extra: it is imported when something is looked for.
"""

from collections.abc import Sequence

from load.trend.extras import extra

__all__ = ["divided", "p_value"]

_WINDOW_POINTS = 50


def divided(values: Sequence[float], largest_p_value: float) -> list[int]:
    """The places where the series parts, each as the index of its first value after.

    Args:
        values: Finite values, on a scale where equal steps mean the same. Otava's own smallest change is left at
            nothing, since it would take a share of a logarithm.
        largest_p_value: How often chance alone may look so.

    Raises:
        UsageError: Otava is not installed.
    """
    with extra("trend"):
        from otava.analysis import compute_change_points
    # Only a plain list is cut into windows; an array would be taken whole and its places counted twice.
    change_points, _ = compute_change_points(
        list(values), window_len=_WINDOW_POINTS, max_pvalue=largest_p_value, min_magnitude=0.0
    )
    return [int(point.index) for point in change_points]


def p_value(before: Sequence[float], after: Sequence[float]) -> float:
    """How often chance alone would part two stretches of a series so far, by Student's test as Otava does it.

    Raises:
        UsageError: Otava is not installed.
    """
    with extra("trend"):
        from otava.analysis import TTestSignificanceTester
    return float(TTestSignificanceTester(1.0).compare(list(before), list(after)).pvalue)
