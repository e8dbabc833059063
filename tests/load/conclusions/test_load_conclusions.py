"""What scenarios conclude, from runs with effects that are known, and from runs with none."""

from dataclasses import replace
from statistics import mean

import pytest

from load.conclusions import (
    CONCLUSIONS,
    arrivals,
    cold_start,
    conclusions,
    hang_ups,
    mixed,
    preview_tax,
    ramp_to_knee,
    slow_readers,
    soak,
    spike,
)
from load.locust_process import scenario_summaries
from load.run import Mark, MarkKind, RunEnd, ServerSample
from load.stream_row import Outcome
from tests.load.conclusions.made_up import a_run_of, blocks, row, scatter
from tests.load.fingerprint import FINGERPRINT
from tests.load.rows import MS, SECOND


def test_every_conclusion_belongs_to_a_scenario():
    """And `steady`, which compares nothing, has none."""
    assert set(CONCLUSIONS) == set(scenario_summaries()) - {"steady"}
    assert conclusions(a_run_of([row(0, 1)])) == ()


@pytest.mark.parametrize("scenario", CONCLUSIONS)
def test_a_run_of_next_to_nothing_claims_nothing(scenario):
    """One stream is an anecdote; no conclusion may fail over it, or make something of it."""
    run = replace(a_run_of([row(0, 1)]), fingerprint=replace(FINGERPRINT, scenario=scenario))
    assert all(word not in " ".join(conclusions(run)) for word in ("times as", "drifts", "costs", "later than"))


def test_others_that_suffer_from_slow_readers_are_told_with_an_interval():
    """A third slower, in five rounds."""
    run = a_run_of(blocks({"nobody slow": 1.0, "normal": 1.33}, rounds=5))
    ttfp, final = slow_readers.conclude(run)
    assert ttfp.startswith("time to first preview beside slow readers is 1.3")
    assert ttfp.endswith("5 rounds) that without")
    assert final.startswith("time to final beside slow readers is 1.3")


def test_no_effect_is_claimed_where_there_is_only_scatter():
    """Both kinds of blocks are alike, and the sentences say what can be excluded."""
    run = a_run_of(blocks({"nobody slow": 1.0, "normal": 1.0}, rounds=5))
    assert all("is not to be told from that without: " in sentence for sentence in slow_readers.conclude(run))


def test_an_effect_that_is_not_there_is_claimed_once_in_a_hundred_times():
    """Over two hundred made-up runs without any effect, and two conclusions each."""
    runs = (a_run_of(blocks({"nobody slow": 1.0, "normal": 1.0}, rounds=4, seed=seed)) for seed in range(200))
    sentences = [sentence for run in runs for sentence in slow_readers.conclude(run)]
    assert sum("is not to be told" not in sentence for sentence in sentences) <= 10


def test_two_rounds_are_too_few():
    """However large the effect looks."""
    run = a_run_of(blocks({"nobody slow": 1.0, "normal": 3.0}, rounds=2))
    assert all("too few rounds to say" in sentence for sentence in slow_readers.conclude(run))


def test_the_tax_is_the_share_of_pictures_that_previews_cost():
    """With previews a picture takes 1 / 0.9 of the time: ten per cent fewer of them."""
    run = a_run_of(blocks({"on": 1 / 0.9, "off": 1.0}, rounds=6))
    cost = preview_tax.tax(run, "on", "off", arms=2)
    assert cost.low < 0.1 < cost.high
    assert cost.value == pytest.approx(0.1, abs=0.02)
    costs, *firsts = preview_tax.conclude(run)
    assert costs.startswith("'on' costs ")
    assert costs.endswith("6 rounds)")
    assert len(firsts) == 2


def test_a_tax_of_nothing_is_not_claimed():
    """Three ways that take as long."""
    run = a_run_of(blocks({"on": 1.0, "every step": 1.0, "off": 1.0}, rounds=5))
    taxes = preview_tax.conclude(run)[:2]
    assert all("costs no pictures per second that could be told from none" in sentence for sentence in taxes)


def spike_run(*, in_spike: float, slow_seconds_after: int):
    factors = scatter()
    rows = [row(second, 1.0 * next(factors)) for second in range(20)]
    rows += [row(20 + second / 2, in_spike * next(factors)) for second in range(40)]
    rows += [row(40 + s, (in_spike if s < slow_seconds_after else 0.97) * next(factors)) for s in range(40)]
    marks = [Mark(at_ns=at * SECOND, kind=MarkKind.STAGE, text=f"at {at}") for at in (0, 20, 40)]
    return a_run_of(rows, seconds=80, marks=tuple(marks))


def test_a_spike_is_told_with_how_bad_and_how_long():
    """Three times as long while it lasts, and for seven seconds after."""
    how_bad, how_long = spike.conclude(spike_run(in_spike=3.0, slow_seconds_after=7))
    assert how_bad.startswith("the spike made the time to first preview ")
    assert "times as long: " in how_bad
    took = spike.recovery_seconds([row(0, 1.0)], [row(40 + s, 3.0 if s < 7 else 0.9) for s in range(20)], 40 * SECOND)
    assert took == 5.0
    assert how_long == "the endpoint had recovered 5 s after the spike"


def test_a_spike_that_did_nothing_is_told_so():
    """An endpoint with places to spare."""
    how_bad, how_long = spike.conclude(spike_run(in_spike=1.0, slow_seconds_after=0))
    assert how_bad.startswith("the spike did nothing to the time to first preview that could be told")
    assert how_long == "the endpoint had recovered 0 ms after the spike"


def test_an_endpoint_that_does_not_recover_is_told():
    """Slow to the end."""
    assert spike.conclude(spike_run(in_spike=3.0, slow_seconds_after=40))[1] == (
        "the endpoint had not recovered when the run ended"
    )


def test_a_spike_that_was_cut_short_is_told():
    """Without its last stage there is no recovery to see."""
    run = spike_run(in_spike=3.0, slow_seconds_after=0)
    assert spike.conclude(replace(run, marks=run.marks[:2])) == (
        "the spike: the run ended before it had been and gone",
    )


def soak_run(*, seconds_per_hour: float, bytes_per_hour: float):
    factors = scatter()
    rows = [row(s, next(factors) + seconds_per_hour * s / 3600, 4 * next(factors)) for s in range(3600)]
    samples = [
        ServerSample(
            at_ns=s * SECOND,
            source="prometheus",
            values=(("process_resident_memory_bytes", 5e8 * next(factors) + bytes_per_hour * s / 3600),),
        )
        for s in range(0, 3600, 5)
    ]
    return a_run_of(rows, samples=tuple(samples))


def test_a_drift_is_told_with_its_interval():
    """A tenth of a second an hour, and 200 MB."""
    ttfp, final, memory = soak.conclude(soak_run(seconds_per_hour=0.1, bytes_per_hour=2e8))
    assert ttfp.startswith("time to first preview drifts by +")
    assert ttfp.endswith("3600 streams)")
    assert final.startswith("no drift of time to final can be told from scatter")
    assert memory.startswith("process_resident_memory_bytes drifts by +")
    assert memory.endswith("720 samples)")


def test_drift_that_is_scatter_is_not_claimed():
    """In a hundred steady hours one may seem to drift; this one does not."""
    assert all("no drift" in s for s in soak.conclude(soak_run(seconds_per_hour=0, bytes_per_hour=0)))


def test_a_soak_of_a_moment_says_nothing():
    """Six twelfths of the run need streams."""
    assert all("too few streams" in sentence for sentence in soak.conclude(a_run_of([row(s, 1) for s in range(9)])))


def test_a_cold_start_is_what_a_stream_waits_more_than_the_warm_one_after_it():
    """Two seconds after a minute, nothing after a second."""
    factors, rows = scatter(), [row(0, 9.0, group="first"), row(20, 1.0, group="warm")]
    for visit in range(5):
        for group, extra in (("after 60 s", 2.0), ("after 1 s", 0.0)):
            at = 100 * (visit + 1) + 50 * (extra > 0)
            rows += [row(at, extra + next(factors), group=group), row(at + 10, next(factors), group="warm")]
    first, warm, after_1, after_60 = cold_start.conclude(a_run_of(rows))
    assert first == "the first preview of the very first stream came after 9 s"
    assert warm.startswith("a warm stream shows its first preview after ")
    assert after_1.startswith("after 1 s alone the first preview is not to be told from a warm one")
    assert "alone the first preview comes" in after_60
    later = mean(cold_start.differences(rows)["after 60 s"])
    assert later == pytest.approx(2.0, abs=0.1)
    assert after_60.endswith("5 streams)")


def hang_up_run(*, stop_seconds: float):
    """Ten users; in every other ten seconds one leaves each second, and the server goes on with it for a while."""
    rows, samples = [], []
    for block in range(10):
        leaving = block % 2 == 1
        for second in range(10):
            at = block * 10 + second
            rows.append(row(at, 0.2, 0.95, group="stays" if leaving else "nobody leaves"))
            if leaving:
                left = {"outcome": Outcome.LEFT, "pictures": (0,), "end_ns": at * SECOND + 200 * MS}
                rows.append(row(at, 0.2, group="leaves", **left))
            for tenth in range(10):
                busy = (tenth < 9.5) + (leaving and tenth / 10 < 0.2 + stop_seconds)
                values = (("stream_sdxl_generations_running", float(busy)), ("stream_sdxl_generations_waiting", 0.0))
                at_ns = at * SECOND + tenth * 100 * MS
                samples.append(ServerSample(at_ns=at_ns, source="prometheus", values=values))
    return a_run_of(rows, samples=tuple(samples))


def test_how_long_a_server_goes_on_for_those_who_left_is_told():
    """From what it says it works on, and who is still there."""
    stop = hang_ups.stop_seconds(hang_up_run(stop_seconds=0.5))
    assert stop.value == pytest.approx(0.5, abs=0.05)
    assert hang_ups.conclude(hang_up_run(stop_seconds=0.5))[0].startswith("the server goes on for 500 ms with a stream")


def test_a_server_that_stops_at_once_is_told_within_what():
    """It is never claimed to go on."""
    assert hang_ups.conclude(hang_up_run(stop_seconds=0.0))[0].startswith(
        "the server stops for those who left sooner than its samples can tell"
    )


def test_a_server_that_was_not_sampled_says_nothing_of_when_it_stops():
    """How the others fared is all that is left."""
    run = replace(hang_up_run(stop_seconds=0.5), samples=())
    stop, ttfp, final = hang_ups.conclude(run)
    assert "the server was not sampled" in stop
    assert ttfp.startswith("time to first preview beside users who leave is not to be told")
    assert final.startswith("time to final beside users who leave is not to be told")


def test_a_plan_that_was_kept_and_one_that_was_not():
    """Counted, and how late."""
    run = a_run_of([row(s, 1) for s in range(9)] + [row(9, 1, started_ns=9 * SECOND + 20 * MS)])
    run = replace(run, end=RunEnd(at_ns=10 * SECOND, unsent=3))
    assert arrivals.conclude(run) == ("10 planned streams sent, the latest 20 ms late; 3 never sent",)


def test_groups_of_a_dataset_are_told_apart():
    """Each with its medians, in the order of their names."""
    rows = [row(s, 1.0 + s % 2, group=("small", "large")[s % 2]) for s in range(20)]
    large, small = mixed.conclude(a_run_of(rows))
    assert large == (
        "large: first preview after 2 s (2 s to 2 s, 10 streams), final after 3 s (3 s to 3 s, 10 streams)"
    )
    assert small.startswith("small: first preview after 1 s")


def test_the_knee_is_what_the_search_said():
    """It is a mark of the run, or the search was not over."""
    run = a_run_of([row(0, 1)])
    assert ramp_to_knee.conclude(run) == ("unresolved: the run ended before the search did",)
    knee = Mark(at_ns=0, kind=MarkKind.KNEE, text="the knee is at 8 users")
    assert ramp_to_knee.conclude(replace(run, marks=(knee,))) == ("the knee is at 8 users",)
