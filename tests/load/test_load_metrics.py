"""Metrics from instants."""

import inspect
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import load.metrics
from load.metrics import METRICS, RUN_METRICS, STREAM_METRICS
from load.metrics.rate import Span, rate_in_window
from load.stream_row import Outcome, StepMark
from tests.load.fingerprint import FINGERPRINT
from tests.load.rows import CUT_SHORT, FAILED, MS, SECOND, a_run, stream


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("send_lag", (0.05,)),
        ("stamp_lag", (0.001, 0.002, 0.0, 0.0)),
        ("connect_time", (0.05,)),
        ("time_to_headers", (0.11,)),
        ("first_event", (0.2,)),
        ("ttfp", (0.3,)),
        ("useful_preview", (0.5,)),
        ("inter_preview_latency", (0.2,)),
        ("longest_gap", (0.4,)),
        ("tail", (0.4,)),
        ("time_to_final", (0.9,)),
        ("preview_lead", (pytest.approx(2 / 3),)),
        ("previews_per_image", (2.0,)),
        ("bytes_per_preview", (1000.0, 2000.0)),
        ("bytes_per_image", (13_000.0,)),
    ],
)
def test_each_metric_follows_its_formula(name, values):
    """Times count from the planned instant, progress events are no previews, and the final ends the previews."""
    assert METRICS[name].of(stream()) == values


def test_a_failed_stream_has_previews_but_no_final():
    """The last picture of a stream that failed is a preview like the others."""
    failed = stream(outcome=Outcome.TRUNCATED)
    assert METRICS["ttfp"].of(failed) == (0.3,)
    assert METRICS["inter_preview_latency"].of(failed) == (0.2, 0.4)
    assert [METRICS[name].of(failed) for name in ("time_to_final", "tail", "preview_lead", "bytes_per_image")] == [
        ()
    ] * 4


def test_a_stream_without_events_measures_the_generator_only():
    """Nothing came, so nothing was measured but when it was asked for."""
    nothing = stream(
        head_ns=None, event_ns=(), kernel_ns=(), pictures=(), picture_bytes=(), outcome=Outcome.UNREACHABLE
    )
    assert {metric.name for metric in STREAM_METRICS if metric.of(nothing)} == {"send_lag"}


def test_the_longest_gap_reaches_to_the_end_of_the_body():
    """A server that keeps the stream open after the final keeps its readers waiting."""
    assert METRICS["longest_gap"].of(stream(end_ns=4800 * MS)) == (3.0,)


def paced(*gaps_ms: int):
    """A stream whose pictures come at these gaps, the final at the last of them."""
    instants = [SECOND]
    for gap_ms in gaps_ms:
        instants.append(instants[-1] + gap_ms * MS)
    return stream(event_ns=tuple(instants), kernel_ns=(), pictures=tuple(range(len(instants))))


def test_jitter_is_how_far_the_worst_gaps_are_from_the_middle():
    """Four gaps of which one is long; the final's gap is none of them. Two gaps are too few to tell."""
    assert METRICS["jitter"].of(paced(100, 100, 100, 350, 9000)) == pytest.approx((0.25,))
    assert METRICS["jitter"].of(paced(100, 350, 9000)) == ()


@pytest.mark.parametrize(
    ("gaps_ms", "share"),
    [((100, 100, 200, 600, 50), 0.6), ((100, 100, 240, 560, 50), 0.56), ((2000, 2000, 2000, 50), 0.0)],
)
def test_a_stall_is_long_for_a_person_and_for_the_stream(gaps_ms, share):
    """More than 250 ms and more than three times the stream's own pace; slow but even streams do not stall."""
    assert METRICS["stalled_share"].of(paced(*gaps_ms)) == pytest.approx((share,))


def test_rates_count_what_lies_inside_the_steady_window():
    """An image across an edge counts by its share inside; warm-up comes before the window, draining after it."""
    warm = replace(FINGERPRINT, warm_up_seconds=1.3)
    run = a_run(stream(), stream(outcome=Outcome.TIMED_OUT), CUT_SHORT, seconds=2.3, fingerprint=warm)
    assert METRICS["images_per_second"].of(run).value == pytest.approx(5 / 6)
    # One preview of the complete stream; of the other its last picture is a preview too.
    assert METRICS["previews_per_second"].of(run).value == 3
    assert METRICS["images_per_second"].of(a_run(seconds=0)) is None


def test_steps_are_read_from_events_and_never_counted_by_them():
    """2 steps before the first preview at the pace of those that follow, 4 to the second, 4 more to the final."""
    assert METRICS["steps_per_second"].of(a_run(stream(), seconds=2)).value == pytest.approx(10 / 2)
    half = a_run(stream(), seconds=1.3)
    assert METRICS["steps_per_second"].of(half).value == pytest.approx((2 + 2) / 1.3)
    assert METRICS["steps_per_second"].of(a_run(stream(steps=()))) is None


def test_a_step_count_that_starts_over_is_not_taken_for_progress():
    """Steps that go backwards count for nothing, whatever a broken endpoint says."""
    marks = (StepMark(event=1, step=6), StepMark(event=2, step=2))
    assert METRICS["steps_per_second"].of(a_run(stream(steps=marks), seconds=2)).value == 6 / 2


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=8), st.integers(1, 99))
def test_two_halves_of_a_window_hold_what_the_whole_holds(spans, cut):
    """Nothing is counted twice, and nothing is lost between."""
    made = [Span(min(pair), max(pair), 2.0) for pair in spans]
    rates = [rate_in_window(made, window).value for window in ((0, 100), (0, cut), (cut, 100))]
    assert rates[0] * 100 == pytest.approx(rates[1] * cut + rates[2] * (100 - cut))


@given(st.integers(1, 8), st.integers(100, 3000), st.integers(4000, 20_000), st.integers(0, 3000))
def test_a_steady_load_has_the_rate_of_littles_law(users, length_ms, run_ms, phase_ms):
    """However the window cuts the streams of users without a pause, they are `users` at once."""
    rows = [
        stream(planned_ns=at * MS, started_ns=at * MS, sent_ns=at * MS, end_ns=(at + length_ms) * MS)
        for at in range(-phase_ms, run_ms + length_ms, length_ms)
        for _ in range(users)
    ]
    at_once = METRICS["streams_at_once"].of(a_run(*rows, seconds=run_ms / 1000))
    assert at_once.value == pytest.approx(users)


def test_figures_per_gpu_and_per_price_need_to_be_told():
    """How many GPUs there are, and what they cost, no stream tells."""
    named = replace(FINGERPRINT, gpus=2, gpu_hour_price=3.6)
    run = a_run(*[stream()] * 4, seconds=2, fingerprint=named)
    names = ("images_per_second", "images_per_second_per_gpu", "steps_per_second_per_gpu", "cost_per_image")
    assert [METRICS[name].of(run).value for name in names] == pytest.approx([2, 1, 10, 0.001])
    untold = a_run(stream())
    assert [METRICS[name].of(untold) for name in names[1:]] == [None] * 3


def test_the_failure_ratio_is_of_streams_that_ended_by_themselves():
    """Streams cut short or left on purpose are neither failures nor successes."""
    rows = [stream(), stream(), stream(), FAILED, CUT_SHORT, stream(outcome=Outcome.LEFT), stream(is_warm_up=True)]
    ratio = METRICS["failure_ratio"].of(a_run(*rows))
    assert (ratio.value, ratio.streams) == (0.25, 4)
    assert METRICS["failure_ratio"].of(a_run(CUT_SHORT)) is None


def test_fairness_is_1_for_equals_and_small_where_one_has_it_all():
    """Jain's index: n equal streams 1, and about 1/n where one is much faster than all the others."""
    slow = stream(event_ns=(1100 * MS, 1200 * MS, 1400 * MS, 10**6 * MS))
    assert METRICS["fairness"].of(a_run(*[stream()] * 5)).value == pytest.approx(1)
    assert METRICS["fairness"].of(a_run(stream(), *[slow] * 4)).value == pytest.approx(1 / 5, rel=0.01)
    assert METRICS["fairness"].of(a_run(stream())) is None


def test_every_metric_says_what_it_is():
    """A metric has a title, a formula and a source, and every module that holds one is in the table of them."""
    modules = {path.stem for path in Path(inspect.getfile(load.metrics)).parent.glob("[a-z]*.py")}
    assert len(METRICS) == len(modules - {"metric", "per_gpu", "rate"}) == len(STREAM_METRICS) + len(RUN_METRICS)
    assert all(metric.title and metric.formula and metric.source for metric in METRICS.values())
