"""The fixture `stream_ab`, in a suite of somebody else."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.load.conftest import Script

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[3]
BASELINE = Script(first_seconds=0.04, cadence_seconds=0.01)
# So much slower that a busy machine does not hide it from a few rounds.
SLOW = replace(BASELINE, first_seconds=0.3)
SUITE = """
    def test_previews_are_not_slower(stream_ab):
        result = stream_ab(
            candidate="{origin}/new", baseline="{origin}/old", metrics=["ttfp"], margin="3 %",
            streams_per_block=2, warm_up_streams=1, most_rounds={rounds}, first_look={rounds}, largest_lag_seconds=5,
            {further}
        )
        result.require_no_regression()
        assert 0 < result.ratios["ttfp"] < 1.03
        assert result.run_file.exists()
"""


def run_suite(
    pytester, endpoint, baseline: Script, candidate: Script, *, rounds: int = 6, further: str = ""
) -> pytest.RunResult:
    endpoint.by_path = {"/old": baseline, "/new": candidate}
    pytester.makepyfile(SUITE.format(origin=endpoint.origin, rounds=rounds, further=further))
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester._monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    loaded = () if "fal_stream_load" in _entry_points() else ("-p", "load.ab.pytest_plugin")
    return pytester.run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *loaded, "-rs", timeout=90)


def _entry_points() -> set[str]:
    from importlib.metadata import entry_points

    return {point.name for point in entry_points(group="pytest11")}


def test_a_faster_candidate_passes(pytester, endpoint):
    """Verdict, ratios and the run file are the test's."""
    result = run_suite(pytester, endpoint, SLOW, BASELINE)
    result.assert_outcomes(passed=1)


def test_a_slower_candidate_fails_with_the_table(pytester, endpoint):
    """What failed is told as a person would: no traceback of ours."""
    result = run_suite(pytester, endpoint, BASELINE, SLOW)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*regressed: time to first preview * slower (at least *", "| time to first preview |*"]
    )
    assert "subprocess" not in result.stdout.str()


def test_where_nothing_is_proven_the_test_is_skipped(pytester, endpoint):
    """With the reason, which is not the fault of the candidate."""
    # Two rounds that would have to be surer than any two are.
    surer = "false_alarm_rate=0.000001, miss_rate=0.000001"
    result = run_suite(pytester, endpoint, BASELINE, BASELINE, rounds=2, further=surer)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*not enough data: *"])


def test_a_missing_endpoint_is_an_error_that_says_what_to_do(pytester, endpoint):
    """The option's name."""
    pytester.makepyfile("def test_it(stream_ab):\n    stream_ab(candidate='http://127.0.0.1:1/stream')\n")
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester._monkeypatch.setenv("PYTHONPATH", str(ROOT))
    loaded = () if "fal_stream_load" in _entry_points() else ("-p", "load.ab.pytest_plugin")
    result = pytester.run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *loaded, timeout=60)
    assert "stream_ab has no baseline; name it, or give --ab-baseline" in result.stdout.str()
