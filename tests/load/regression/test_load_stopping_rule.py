"""When it is looked at, and how the error rates are shared out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.regression.stopping_rule import StoppingRule


def test_the_default_looks() -> None:
    """Each look comes after half as many rounds again, and the last at the end."""
    assert StoppingRule().looks == (6, 10, 16, 24, 36)


@given(first=st.integers(2, 50), more=st.integers(0, 200))
def test_looks_grow_to_the_end(first: int, more: int) -> None:
    """They begin at the first, end at the last, and none comes twice."""
    looks = StoppingRule(first_look=first, most_rounds=first + more).looks
    assert (looks[0], looks[-1], sorted(set(looks))) == (first, first + more, list(looks))


@given(metrics=st.integers(1, 9), rate=st.floats(0.001, 0.4))
def test_all_looks_together_have_the_rate(metrics: int, rate: float) -> None:
    """Boole's inequality: the shares of all looks and metrics add up to the rate that was asked for."""
    rule = StoppingRule(false_alarm_rate=rate, miss_rate=rate)
    looks = len(rule.looks)
    assert rule.regressed_level(metrics) * metrics * looks == pytest.approx(rate)
    assert rule.not_regressed_level() * looks == pytest.approx(rate)


def test_looks_that_were_taken() -> None:
    """A run that was cut short between two looks counts up to the earlier."""
    assert StoppingRule().looks_until(15) == (6, 10)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"margin": -0.1}, "the margin is -0.1, expected 0 or more"),
        ({"false_alarm_rate": 0.0}, "the false alarm rate is 0, expected more than 0"),
        ({"miss_rate": 0.5}, "the miss rate is 0.5, expected more than 0 and less than 0.5"),
        ({"first_look": 1}, "the first look is after 1 rounds"),
        ({"first_look": 9, "most_rounds": 8}, "after 9 rounds and the last after 8"),
    ],
)
def test_what_cannot_be(settings: dict[str, float], words: str) -> None:
    """A setting out of its range is named, with its value."""
    with pytest.raises(ValueError, match=words):
        StoppingRule(**settings)
