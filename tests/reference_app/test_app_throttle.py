import itertools

from hypothesis import given
from hypothesis import strategies as st

from reference_app.throttle import Throttle

_step_durations = st.lists(st.floats(min_value=0.001, max_value=2.0), min_size=1, max_size=60)


def _admitted(durations: list[float], *, every_steps: int, min_interval_seconds: float) -> list[tuple[int, float]]:
    now = 0.0
    throttle = Throttle(every_steps=every_steps, min_interval_seconds=min_interval_seconds, clock=lambda: now)
    admitted = []
    for index, duration in enumerate(durations):
        now += duration
        if throttle.admits(index):
            admitted.append((index, now))
    return admitted


@given(_step_durations, st.integers(1, 20), st.floats(0.0, 3.0))
def test_previews_keep_their_distance(durations: list[float], every_steps: int, min_interval_seconds: float) -> None:
    """The first step has a preview; all others are multiples apart, and no two are closer in time than allowed."""
    admitted = _admitted(durations, every_steps=every_steps, min_interval_seconds=min_interval_seconds)

    assert admitted[0][0] == 0
    assert all(index % every_steps == 0 for index, _ in admitted)
    instants = [instant for _, instant in admitted]
    assert all(later - earlier >= min_interval_seconds for earlier, later in itertools.pairwise(instants))


def test_slow_steps_lose_no_preview() -> None:
    """Where steps are slower than the interval, only the step count decides."""
    admitted = _admitted([1.0] * 21, every_steps=5, min_interval_seconds=0.1)

    assert [index for index, _ in admitted] == [0, 5, 10, 15, 20]
