"""A run that measured its own generator says so."""

from dataclasses import replace

import pytest

from load.exit_code import ExitCode, exit_code
from load.objectives import Objective, judge
from load.run import GeneratorTick, Mark, MarkKind, RunEnd
from load.stream_row import StreamRow
from load.validity import invalidities, largest_lag_seconds
from tests.load.rows import FAILED, MS, a_run, quick_stream, stream


def on_time(**changes) -> StreamRow:
    return stream(**{"planned_ns": 900 * MS, "started_ns": 900 * MS, "kernel_ns": stream().event_ns, **changes})


def reasons(run) -> list[str]:
    return [one.reason for one in invalidities(run)]


def test_a_generator_on_time_is_believed():
    """Nothing was late, lost or unsent."""
    assert reasons(a_run(*[on_time()] * 100)) == []


@pytest.mark.parametrize(
    ("late", "reason"),
    [
        ({"started_ns": 920 * MS}, "planned streams were sent 20.0 ms late (p99, at least), more than 10.0 ms"),
        (
            {"kernel_ns": (1080 * MS, 1180 * MS, 1380 * MS, 1780 * MS)},
            "events waited 20.0 ms in this machine before they were read (p99, at least)",
        ),
    ],
)
def test_a_late_generator_is_not_blamed_on_the_endpoint(late, reason):
    """More than a hundredth of all values late is late; one in a thousand is not, nor is one of few."""
    assert reasons(a_run(*[on_time()] * 999, on_time(**late))) == []
    assert reasons(a_run(*[on_time()] * 9, on_time(**late))) == []
    (found,) = reasons(a_run(*[on_time()] * 8, *[on_time(**late)] * 3))
    assert found.startswith(reason)


def test_where_the_kernel_says_nothing_a_timer_does():
    """A process that oversleeps in most seconds is overloaded; one bad second is not enough."""
    blind = on_time(kernel_ns=())
    good, bad = (GeneratorTick(at_ns=0, lag_ns=lag_ms * MS, processor_share=1, streams=9) for lag_ms in (1, 30))
    assert reasons(a_run(blind, ticks=(good, good, bad))) == []
    assert "timer overslept by 30.0 ms" in reasons(a_run(blind, ticks=(good, bad, bad)))[0]
    assert reasons(a_run(on_time(), ticks=(bad,))) == []


def test_slow_endpoints_allow_more_lag():
    """2 % of the median time to first preview, where that is more than 10 ms."""
    assert largest_lag_seconds(a_run(quick_stream(100))) == 0.01
    assert largest_lag_seconds(a_run(quick_stream(2000))) == 0.04
    assert largest_lag_seconds(a_run(FAILED)) == 0.01


def test_what_was_lost_makes_a_run_invalid():
    """A worker that went silent, and plans that were never sent."""
    lost = Mark(at_ns=1, kind=MarkKind.WORKER_LOST, text="worker 1 went silent")
    run = replace(a_run(on_time(), marks=(lost,)), end=RunEnd(at_ns=10**10, unsent=7))
    assert [reason.partition(":")[0] for reason in reasons(run)] == [
        "worker 1 went silent",
        "7 planned streams were never sent",
    ]


@pytest.mark.parametrize(
    ("texts", "rows", "code"),
    [
        ((), [on_time()], ExitCode.HELD),
        (("ttfp_max < 1 s",), [on_time()], ExitCode.HELD),
        (("ttfp_max < 1 ms", "ttfp_p95 < 1 s"), [on_time()], ExitCode.FELL_SHORT),
        (("ttfp_p95 < 1 s",), [on_time()], ExitCode.NOT_JUDGED),
        (("ttfp_max < 1 s",), [FAILED], ExitCode.NOT_JUDGED),
        (("ttfp_max < 1 ms",), [on_time(started_ns=990 * MS)] * 5, ExitCode.NOT_JUDGED),
    ],
)
def test_exit_codes(texts, rows, code):
    """Held 0, fell short 1; nothing to judge, or nobody to believe, 3."""
    run = a_run(*rows)
    verdicts = judge(tuple(map(Objective.parse, texts)), run)
    assert exit_code(run, verdicts, invalidities(run)) is code
