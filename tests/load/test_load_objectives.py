"""Objectives, as they are written and as they are judged."""

from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.errors import ObjectiveError
from load.metrics import RUN_METRICS, STREAM_METRICS, Unit
from load.objectives import Objective, Standing, judge
from load.objectives_file import read_objectives
from load.stream_row import Outcome
from tests.load.rows import CUT_SHORT, FAILED, a_run, quick_stream, stream


def verdict(text: str, *rows):
    return judge([Objective.parse(text)], a_run(*rows))[0]


units = {
    Unit.SECONDS: ["s", "ms"],
    Unit.PER_SECOND: ["", "/s"],
    Unit.RATIO: ["", "%"],
    Unit.COUNT: [""],
    Unit.BYTES: ["B", "kB", "MB"],
    Unit.PRICE: [""],
}
aggregates = st.sampled_from(["median", "mean", "min", "max"]) | st.decimals("0.1", "99.9", places=1).map("p{}".format)
names = st.sampled_from(RUN_METRICS).map(lambda metric: (metric, metric.name)) | st.tuples(
    st.sampled_from(STREAM_METRICS), aggregates
).map(lambda pair: (pair[0], f"{pair[0].name}_{pair[1]}"))


@given(names, st.sampled_from(["<", "<=", ">", ">="]), st.decimals(0, 10_000, places=3), st.data())
def test_an_objective_reads_back_what_it_prints(named, sign, limit, data):
    """The text of an objective means the same objective, to the last digit."""
    metric, name = named
    objective = Objective.parse(f"{name} {sign} {limit} {data.draw(st.sampled_from(units[metric.unit]))}")
    assert Objective.parse(str(objective)) == objective


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("ttfp_p95<=1.5s", "ttfp_p95 <= 1.5 s"),
        (" ttfp_p99.9 < 1200 ms ", "ttfp_p99.9 < 1.2 s"),
        ("failure_ratio <= 0.1 %", "failure_ratio <= 0.1 %"),
        ("steps_per_second >= 20", "steps_per_second >= 20/s"),
        ("bytes_per_image_max <= 2 MB", "bytes_per_image_max <= 2000000 B"),
        ("goodput >= 0.5/s", "goodput >= 0.5/s"),
    ],
)
def test_an_objective_reads_like_a_sentence(text, printed):
    """Spaces are free, and every unit of a kind may be used."""
    assert str(Objective.parse(text)) == printed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'' is not an objective; expected one such as 'ttfp_p95 <= 1.5 s'"),
        ("ttfp_p95 = 1 s", "is not an objective"),
        ("ttfp_p95 <= -1 s", "is not an objective"),
        ("ttfp_p95 <= 1", "has the unit 'none', expected 'ms' or 's'"),
        ("ttfp_p95 <= 1 h", "has the unit 'h', expected 'ms' or 's'"),
        ("images_per_second >= 1 s", "has the unit 's', expected none or '/s'"),
        ("ttfp <= 1 s", "'ttfp' is not a metric that can be limited; with _p50, .*: send_lag, .*ttfp"),
        ("ttfp_p0 <= 1 s", "'ttfp_p0' is not a metric"),
        ("ttfp_p100 <= 1 s", "'ttfp_p100' is not a metric"),
        ("tfp_p95 <= 1 s", "as they are: images_per_second, .*goodput"),
        ("images_per_second_p95 >= 1", "'images_per_second_p95' is not a metric"),
    ],
)
def test_a_bad_objective_is_answered_with_what_would_be_valid(text, message):
    """The error quotes the text and names units, metrics or an example."""
    with pytest.raises(ObjectiveError, match=message):
        Objective.parse(text)


def test_a_file_holds_a_list(tmp_path):
    """In order; anything else is answered with the form that is expected."""
    file = tmp_path / "limits.toml"
    file.write_text('objectives = ["ttfp_p95 <= 1.5 s", "failure_ratio <= 0.1 %"]')
    assert list(map(str, read_objectives(file))) == ["ttfp_p95 <= 1.5 s", "failure_ratio <= 0.1 %"]
    for text in ("[objectives]\nttfp = 1", "", "objectives = [1]"):
        file.write_text(text)
        with pytest.raises(ObjectiveError, match="has no list such as objectives = "):
            read_objectives(file)
    file.write_text("objectives = [")
    with pytest.raises(ObjectiveError, match="cannot be read as TOML"):
        read_objectives(file)


def test_an_objective_holds_or_falls_short():
    """95 of 100 streams within the limit hold p95; the limit itself is outside <."""
    rows = [quick_stream(100)] * 95 + [quick_stream(900)] * 5
    held, short = verdict("ttfp_p95 <= 100 ms", *rows), verdict("ttfp_p95 < 100 ms", *rows)
    assert (held.standing, held.measured.value, held.measured.streams) == (Standing.HELD, 0.1, 100)
    assert (short.standing, short.measured.value) == (Standing.FELL_SHORT, 0.1)
    assert held.is_close


@pytest.mark.parametrize(("count", "standing"), [(58, Standing.NOT_TESTABLE), (59, Standing.HELD)])
def test_too_few_streams_are_never_a_pass(count, standing):
    """p95 of 58 streams may be slower than all of them, so there is no verdict."""
    assert verdict("ttfp_p95 <= 1 s", *[quick_stream(100)] * count).standing is standing


def test_few_streams_can_show_that_a_limit_is_not_held():
    """Where even the lower bound is beyond the limit, more streams would change nothing."""
    assert verdict("ttfp_p95 <= 10 ms", *[quick_stream(100)] * 20).standing is Standing.FELL_SHORT


def test_a_stream_that_failed_counts_as_one_that_never_came():
    """An endpoint cannot look fast by failing; what is the generator's own does not count so."""
    rows = [quick_stream(100)] * 54 + [FAILED] * 6
    assert verdict("ttfp_p90 <= 1 s", *rows).standing is Standing.HELD
    short = verdict("ttfp_p95 <= 1 s", *rows)
    assert (short.standing, short.measured.value) == (Standing.FELL_SHORT, inf)
    assert verdict("ttfp_mean <= 1 s", *rows).measured.value == inf
    assert verdict("stamp_lag_max <= 1 s", FAILED).standing is Standing.NOT_TESTABLE


def test_streams_that_tell_nothing_count_for_nothing():
    """The end of the run, the warm-up, and whoever left before the first preview say nothing about the endpoint."""
    left = stream(event_ns=(), pictures=(), kernel_ns=(), outcome=Outcome.LEFT)
    found = verdict("ttfp_max <= 1 s", quick_stream(100), CUT_SHORT, left, stream(is_warm_up=True))
    assert found.measured.streams == 1
    assert verdict("ttfp_max <= 1 s", CUT_SHORT).standing is Standing.NOT_TESTABLE
    assert verdict("failure_ratio <= 1 %", CUT_SHORT).standing is Standing.NOT_TESTABLE


def test_goodput_counts_the_pictures_that_met_every_objective():
    """A tenth of a second for the first preview: one of four is late, and one has no final."""
    rows = [quick_stream(100), quick_stream(90), quick_stream(101), FAILED]
    asked = [Objective.parse(text) for text in ("ttfp_p50 <= 100 ms", "failure_ratio <= 50 %", "goodput >= 0.2")]
    goodput = judge(asked, a_run(*rows, seconds=10))[2]
    assert (goodput.measured.value, goodput.measured.streams) == (pytest.approx(3 / 10 * 2 / 3), 3)
    assert goodput.measured.low < goodput.measured.value < goodput.measured.high


@given(st.lists(st.integers(0, 10_000), min_size=5, max_size=50), st.integers(1, 10_000))
def test_a_limit_and_its_opposite_never_agree(instants_ms, limit_ms):
    """For any rows, exactly one of < and >= holds."""
    rows = [quick_stream(at_ms) for at_ms in instants_ms]
    for aggregate in ("median", "max", "mean"):
        texts = (f"ttfp_{aggregate} {sign} {limit_ms} ms" for sign in ("<", ">="))
        assert {verdict(text, *rows).standing for text in texts} == {Standing.HELD, Standing.FELL_SHORT}


def test_a_limit_is_exact():
    """0.1 s is a tenth of a second, not the nearest number that a processor has."""
    assert Objective.parse("ttfp_p50 <= 100 ms").limit == Fraction(1, 10)
    assert verdict("ttfp_min <= 100 ms", quick_stream(100)).standing is Standing.HELD
