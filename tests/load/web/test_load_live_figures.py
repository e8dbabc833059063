"""Figures of a run while it goes on."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from load.web.live_figures import MOST_SLOTS, LiveFigures
from tests.load.rows import FAILED, SECOND, stream


def ending_at(second: float):
    return replace(stream(), end_ns=round(second * SECOND))


def test_a_slot_has_the_figures_of_the_streams_that_ended_in_it():
    """Percentiles, rates and failures; nothing where nothing ended."""
    figures = LiveFigures()
    figures.add([ending_at(1.2), ending_at(1.7), ending_at(3.1), FAILED])
    document = figures.document()
    assert document["at"] == [1.0, 2.0, 4.0]
    assert document["ttfp_p50"] == [None, 0.3, 0.3]
    assert document["images_per_second"] == [0, 2, 1]
    assert document["previews_per_second"] == [0, 4, 2]
    assert (document["streams"], document["failures"]) == (4, {"HTTP status": 1})


@given(st.lists(st.floats(0, 100_000), max_size=600))
def test_however_long_the_run_slots_are_few_and_nothing_is_lost(seconds):
    """Slots grow wider; the number of finals stays."""
    figures = LiveFigures()
    figures.add(map(ending_at, seconds))
    document = figures.document()
    assert len(document["at"]) <= MOST_SLOTS
    assert sum(document["images_per_second"]) * document["slot_seconds"] == len(seconds)
