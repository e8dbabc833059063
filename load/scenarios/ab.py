"""Two deployments in turns, until it is known whether the candidate is slower than the baseline.

``python -m load ab --baseline URL --candidate URL`` runs it and says what came of it. By itself:
``locust -f load/scenarios/ab.py --host CANDIDATE --baseline-url URL --headless -u 2``. Half of the users are the
baseline's; streams of one arm run to their end before the other has its turn, and the run ends when the question is
settled.
"""

import os
from dataclasses import replace
from math import inf
from typing import Any

from locust import events, task

from load.endpoint import Endpoint
from load.errors import UsageError
from load.fal_key import fal_key_for
from load.regression.arm_block import Arm
from load.regression.interleaved_comparison import InterleavedComparison
from load.regression.interleaved_plan import InterleavedPlan
from load.scenario import StreamUser
from load.streaming.pacing.scenario_options import checked_at_start
from load.streaming.pacing.turns import Turns

_OPTIONS = (
    ("--margin", "SHARE", "4 %", "a candidate that is slower by no more than this is no regression"),
    ("--compare-by", "METRICS", "", "what is compared, such as 'ttfp, time_to_final'; which are compared by default"),
    ("--streams-per-block", "NUMBER", "6", "how many streams of one arm run before it is the other's turn"),
    ("--warm-up-streams", "NUMBER", "2", "how many streams each arm gets first, which are not measured"),
    ("--first-look", "ROUNDS", "6", "after how many rounds, a block of each arm, it may end at the earliest"),
    ("--most-rounds", "ROUNDS", "36", "after how many rounds it ends in any case"),
    ("--false-alarm-rate", "SHARE", "1 %", "how often, at the most, an innocent candidate may be called slower"),
    ("--miss-rate", "SHARE", "5 %", "how often, at the most, a slower one may be called innocent"),
)


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    parser.add_argument(
        "--baseline-url",
        env_var="LOCUST_BASELINE_URL",
        metavar="URL|FAL_ID",
        default="",
        help="what the endpoint at --host takes turns with",
    )
    for option, metavar, default, meaning in _OPTIONS:
        name = "LOCUST_" + option.strip("-").replace("-", "_").upper()
        parser.add_argument(option, env_var=name, metavar=metavar, default=default, help=meaning.replace("%", "%%"))


@checked_at_start
def _baseline_of(options: Any) -> Endpoint:
    InterleavedPlan.of(vars(options))
    if options.processes or options.master or options.worker:
        raise UsageError("deployments take turns in one process: leave --processes, --master and --worker out")
    if not options.baseline_url:
        raise UsageError("--baseline-url is missing: what does the endpoint take turns with?")
    baseline = Endpoint.parse(options.baseline_url)
    fal_key_for(baseline, os.environ)
    return baseline


@events.test_start.add_listener
def _begin(environment: Any, **_: Any) -> None:
    options = environment.parsed_options
    plan = InterleavedPlan.of(vars(options))
    environment.turns = Turns(
        environment,
        streams_per_block=plan.streams_per_block,
        warm_up_streams=plan.warm_up_streams,
        seed=options.seed,
        is_over=lambda rounds: (
            rounds in plan.rule.looks and InterleavedComparison.of(environment.stream_rows.run).is_over
        ),
    )


@events.test_stopping.add_listener
def _end(environment: Any, **_: Any) -> None:
    environment.turns.stop()


class _ArmUser(StreamUser):
    abstract = True
    arm: Arm

    @task
    def generate_picture(self) -> None:
        """One picture, once it is this arm's turn."""
        turns = self.environment.turns
        turns.wait(self.arm)
        self.run_options = replace(self.run_options, warm_up_seconds=inf if turns.is_warm_up else 0.0)
        self.generate(group=self.arm.value)


class Candidate(_ArmUser):
    """One person at the endpoint that is judged."""

    arm = Arm.CANDIDATE


class Baseline(_ArmUser):
    """One person at the endpoint that it is compared with."""

    arm = Arm.BASELINE

    def __init__(self, environment: Any) -> None:
        """Made by Locust."""
        super().__init__(environment)
        baseline = _baseline_of(environment.parsed_options)
        fal_key = fal_key_for(baseline, os.environ)
        self.run_options = replace(self.run_options, endpoint=baseline, fal_key=fal_key)
