"""The gauge tells of a stall, and wakes an idle processor seldom where something better tells."""

import time
from types import SimpleNamespace

import gevent
import pytest

from load.streaming.users.lag_gauge import LagGauge

NS_PER_SECOND = 1_000_000_000


def tick_of(gauge: LagGauge, ticks: list) -> object:
    """The gauge's first tick."""
    with gevent.Timeout(10):
        while not ticks:
            gevent.sleep(0.01)
    gauge.stop()
    return ticks[0]


def gauge_and_ticks() -> tuple[LagGauge, list]:
    ticks: list = []
    rows = SimpleNamespace(add_tick=ticks.append)
    return LagGauge(SimpleNamespace(stream_rows=rows, run_start_ns=0)), ticks


def test_a_stall_shows():
    """Whoever keeps the process from reading for 300 ms is seen, less the nap that it fell into."""
    gauge, ticks = gauge_and_ticks()
    gevent.sleep(0.2)
    time.sleep(0.3)
    tick = tick_of(gauge, ticks)
    assert tick.lag_ns >= 0.3 * NS_PER_SECOND - 50_000_000


@pytest.mark.parametrize(("is_only_witness", "naps"), [(True, {0.05}), (False, {1.0})])
def test_naps_are_short_where_nothing_else_tells(is_only_witness, naps, monkeypatch):
    """Where the kernel stamps every read, one nap a second is enough."""
    seconds = set()
    sleep = gevent.sleep
    gauge, ticks = gauge_and_ticks()
    gauge.is_only_witness = is_only_witness
    monkeypatch.setattr(
        "load.streaming.users.lag_gauge.gevent", SimpleNamespace(sleep=lambda s: (seconds.add(s), sleep(s)))
    )
    tick_of(gauge, ticks)
    assert seconds == naps
