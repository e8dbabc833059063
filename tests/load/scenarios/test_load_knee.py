"""The search for the knee, on an app whose knee is known: it has so many places, and whoever is more has to wait."""

from fractions import Fraction

import pytest

from load.conclusions import conclusions
from load.exit_code import ExitCode
from load.judged_run import JudgedRun
from load.run import MarkKind
from tests.load.locust_run import run_scenario
from tests.load.simulated_app import PAYLOAD, simulated_app

PLACES = 4
# With more steps than places, whoever is one too many makes each wait for longer than a step, or one for all of them.
STEPS = 6
STAGE = ("--stage-seconds", "1.5", "--stage-streams", "5", "--attainment", "0.9")


@pytest.mark.slow
def test_the_known_knee_is_found_within_10_per_cent(tmp_path):
    """Doubled, halved, and told in one sentence; the run ends by itself when that is known."""
    with simulated_app(step_seconds=0.2, lanes=PLACES) as app:
        run = run_scenario(
            "ramp_to_knee", app.url, tmp_path, *STAGE, users=16, run_seconds=100, payload=PAYLOAD % STEPS
        )
    users = [int(mark.text.split()[0]) for mark in run.marks if mark.kind is MarkKind.STAGE]
    assert users[:4] == [1, 2, 4, 8]
    (knee,) = conclusions(run)
    found = int(knee.removeprefix("the knee is at ").split()[0])
    assert abs(found - PLACES) <= Fraction(1, 10) * PLACES
    assert run.end.at_ns < 90e9


def test_a_search_that_the_end_of_the_run_cuts_short_is_unresolved(endpoint, tmp_path):
    """It never makes up an answer."""
    run = run_scenario("ramp_to_knee", endpoint.url, tmp_path, "--stage-seconds", "60", users=8, run_seconds=2)
    assert conclusions(run) == ("unresolved: not one stage was finished; 95 % of streams with a final were asked for",)
    assert JudgedRun.of(run).exit_code is ExitCode.NOT_JUDGED


def test_the_limits_are_the_objectives_on_streams(endpoint, tmp_path):
    """Where the user says what a good stream is, nothing is made of what one user alone sees."""
    options = ("--stage-seconds", "1", "--stage-streams", "3")
    run = run_scenario(
        "ramp_to_knee", endpoint.url, tmp_path, *options, users=2, run_seconds=9, objectives=("ttfp_p95 <= 1 ms",)
    )
    (sentence,) = conclusions(run)
    assert sentence.startswith(
        "a single user is too much: 95 % of streams with ttfp <= 0.001 s were asked for, and 0 % of"
    )
