"""Objectives and percentiles."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.errors import ObjectiveError
from load.metrics import METRICS, RATE_METRICS
from load.objectives import Objective, Standing, judge, parse_objectives
from load.quantiles import nearest_rank, streams_needed
from load.stream_row import Outcome, StreamRow

MS = 1_000_000


def stream(ttfp_ms: int) -> StreamRow:
    return StreamRow(
        planned_ns=0,
        sent_ns=0,
        head_ns=0,
        event_ns=(ttfp_ms * MS,),
        pictures=(0,),
        end_ns=ttfp_ms * MS,
        status=200,
        outcome=Outcome.COMPLETE,
    )


FAILED = StreamRow(planned_ns=0, sent_ns=0, end_ns=MS, status=503, outcome=Outcome.HTTP_STATUS, detail="503")
CUT_SHORT = StreamRow(planned_ns=0, sent_ns=0, end_ns=MS, outcome=Outcome.CUT_SHORT)


def verdict(metric: str, text: str, rows: list[StreamRow]):
    return judge([Objective.parse(metric, text)], rows)[0]


percentiles = st.integers(1, 99_999).map(lambda thousandths: Fraction(thousandths, 1000))
seconds = st.floats(0, 1e6)


@given(st.lists(seconds, min_size=1), percentiles)
def test_a_percentile_is_the_smallest_value_that_enough_do_not_exceed(values, percentile):
    """Nearest rank: at least p per cent are at or below it, and fewer than p per cent below every smaller one."""
    found = nearest_rank(values, percentile)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percentile * len(values)
    assert sum(value < found for value in values) * 100 < percentile * len(values)


def test_ranks_are_exact():
    """The 7th percentile of 100 values is the 7th, although 0.07 * 100 is more than 7 in floating point."""
    assert nearest_rank(range(1, 101), Fraction(7)) == 7


@pytest.mark.parametrize(
    ("percentile", "needed"), [("50", 2), ("90", 10), ("95", 20), ("99", 100), ("99.9", 1000), ("5", 20)]
)
def test_a_percentile_needs_a_stream_on_either_side(percentile, needed):
    """p95 takes 20 streams, p99 takes 100."""
    assert streams_needed(Fraction(percentile)) == needed


@given(percentiles, st.data())
def test_with_enough_streams_a_percentile_is_not_merely_the_slowest(percentile, data):
    """From the number that is needed on, the rank is below the last."""
    count = streams_needed(percentile)
    if count > 1000:
        return
    count += data.draw(st.integers(0, 50))
    assert nearest_rank(range(count), percentile) <= count - 1 - (percentile * count <= 100 * (count - 1))


limits = st.decimals(0, 10_000, places=3).map(str)
signs = st.sampled_from(["<", "<=", ">", ">="])
stream_aggregates = st.sampled_from(["med", "avg", "min", "max"]) | st.decimals("0.1", "99.9", places=1).map(
    "p({})".format
)
rate_names = [metric.name for metric in RATE_METRICS]
stream_names = sorted(set(METRICS) - set(rate_names))
texts = st.tuples(
    st.sampled_from(stream_names), stream_aggregates, signs, limits, st.sampled_from(["s", "ms"])
) | st.tuples(st.sampled_from(rate_names), st.just("rate"), signs, limits, st.sampled_from(["", "/s"]))


@given(texts)
def test_an_objective_reads_back_what_it_prints(parts):
    """The text of an objective means the same objective, to the last digit."""
    metric, *rest = parts
    objective = Objective.parse(metric, "".join(rest))
    assert Objective.parse_option(str(objective)) == objective


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("p(95)<1.2s", "ttfp:p(95)<1.2s"),
        (" p(99.9) <= 1200ms ", "ttfp:p(99.9)<=1.2s"),
        ("med<5ms", "ttfp:med<0.005s"),
    ],
)
def test_objectives_are_written_as_k6_writes_them(text, printed):
    """Spaces are free, and milliseconds and seconds mean the same."""
    assert str(Objective.parse("ttfp", text)) == printed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "p95<1.2s",
        "p(95)<1.2",
        "p(95)=1.2s",
        "p(95)<1.2h",
        "p(0)<1s",
        "p(100)<1s",
        "p(95)<-1s",
        "rate<1s",
        "avg(5)<1s",
        "p<1s",
    ],
)
def test_a_bad_objective_is_answered_with_the_valid_forms(text):
    """The error quotes the text and names aggregates, signs, units and an example."""
    with pytest.raises(ObjectiveError, match=r"is not an objective on ttfp; expected p\(N\).*med, avg.*'p\(95\)<1.2s'"):
        Objective.parse("ttfp", text)


@pytest.mark.parametrize("text", ["p(95)<1", "rate>=1s", "rate"])
def test_a_rate_takes_a_rate(text):
    """A throughput has no percentiles, and the error says what it has."""
    with pytest.raises(ObjectiveError, match=r"expected rate.*'rate>=3.5'"):
        Objective.parse("images_per_second", text)


def test_an_unknown_metric_is_answered_with_the_metrics():
    """The error lists every metric."""
    with pytest.raises(ObjectiveError, match=r"'tfp' is not a metric; the metrics are ttfp, .*images_per_second"):
        Objective.parse("tfp", "p(95)<1s")


def test_a_table_holds_one_text_or_several():
    """A file may give a metric one limit or a list of them, in order."""
    parsed = parse_objectives({"ttfp": ["p(95)<1s", "med<1s"], "images_per_second": "rate>1"})
    assert list(map(str, parsed)) == ["ttfp:p(95)<1s", "ttfp:med<1s", "images_per_second:rate>1"]
    with pytest.raises(ObjectiveError, match="an objective on ttfp is 5, expected text"):
        parse_objectives({"ttfp": 5})


def test_an_objective_holds_or_falls_short():
    """19 of 20 streams within the limit hold p(95); the limit itself is outside <."""
    rows = [stream(100)] * 19 + [stream(900)]
    held, short = verdict("ttfp", "p(95)<=100ms", rows), verdict("ttfp", "p(95)<100ms", rows)
    assert (held.standing, held.measured, held.streams) == (Standing.HELD, 0.1, 20)
    assert (short.standing, short.measured) == (Standing.FELL_SHORT, 0.1)


@pytest.mark.parametrize(("count", "standing"), [(19, Standing.NOT_ENOUGH), (20, Standing.HELD)])
def test_too_few_streams_are_neither_held_nor_short(count, standing):
    """p95 of 19 streams is the slowest under another name, so there is no verdict."""
    assert verdict("ttfp", "p(95)<1s", [stream(100)] * count).standing is standing


def test_a_stream_that_failed_counts_as_one_that_never_came():
    """An endpoint cannot look fast by failing."""
    rows = [stream(100)] * 18 + [FAILED] * 2
    assert verdict("ttfp", "p(90)<1s", rows).standing is Standing.HELD
    short = verdict("ttfp", "p(95)<1s", rows)
    assert (short.standing, short.measured) == (Standing.FELL_SHORT, float("inf"))


def test_a_stream_that_was_cut_short_counts_for_nothing():
    """The end of the run says nothing about the endpoint."""
    assert verdict("ttfp", "max<1s", [stream(100), CUT_SHORT]).streams == 1
    assert verdict("images_per_second", "rate>0", [CUT_SHORT]).standing is Standing.NOT_ENOUGH


def test_no_streams_are_not_enough_for_anything():
    """Nothing recorded means no verdict, whatever was asked."""
    objectives = parse_objectives({"ttfp": ["min<1s", "p(50)<1s"], "images_per_second": "rate>=0"})
    assert {verdict.standing for verdict in judge(objectives, [])} == {Standing.NOT_ENOUGH}


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=50), st.integers(1, 10_000))
def test_a_limit_and_its_opposite_never_agree(instants_ms, limit_ms):
    """For any rows, exactly one of < and >= holds."""
    rows = [stream(at_ms) for at_ms in instants_ms]
    for aggregate in ("med", "max", "avg"):
        below, not_below = (verdict("ttfp", f"{aggregate}{sign}{limit_ms}ms", rows) for sign in ("<", ">="))
        assert {below.standing, not_below.standing} == {Standing.HELD, Standing.FELL_SHORT}
