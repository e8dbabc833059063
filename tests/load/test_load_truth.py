"""What a run reports against what is true: the simulated app takes two seconds a step, however many ask.

A step of two seconds makes one per cent twenty milliseconds, which two busy processors may take to answer. How long the
sleep of a step really took is told by the app itself, on its page for Prometheus.
"""

from fractions import Fraction

import pytest

from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.images_per_second import IMAGES_PER_SECOND
from load.metrics.inter_preview_latency import INTER_PREVIEW_LATENCY
from load.metrics.steps_per_second import STEPS_PER_SECOND
from load.quantiles import nearest_rank
from load.stream_row import Outcome
from tests.load.locust_run import run_scenario
from tests.load.simulated_app import PAYLOAD, simulated_app

STEPS = 3
STEP_SECONDS = 2
STREAM_SECONDS = STEPS * STEP_SECONDS
STREAMS_PER_SECOND = 1
# The first streams may be late, as all is new to the app, and until they have ended fewer are on their way than later.
WARM_UP_SECONDS = 2 * STREAM_SECONDS
# Those who ask again at once: one begins every second, so that one ends every second as well.
CLOSED = ("steady", {"users": STREAMS_PER_SECOND * STREAM_SECONDS}, ("--spawn-rate", str(STREAMS_PER_SECOND)))
OPEN = (
    "arrivals",
    {"users": 4 * STREAMS_PER_SECOND * STREAM_SECONDS},
    ("--rate", str(STREAMS_PER_SECOND), "--arrivals", "constant"),
)


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("workload", [CLOSED, OPEN], ids=["closed", "open"])
def test_a_run_equals_the_truth_within_1_per_cent(tmp_path, workload, processes):
    """Time to first preview, gaps, images and steps per second, in either workload, with workers and without."""
    scenario, fields, options = workload
    options += ("--warm-up-seconds", str(WARM_UP_SECONDS))
    fields |= {"payload": PAYLOAD % STEPS, "run_seconds": WARM_UP_SECONDS + 2 * STREAM_SECONDS, "processes": processes}
    with simulated_app(step_seconds=float(STEP_SECONDS)) as app:
        run = run_scenario(scenario, app.url, tmp_path, *options, **fields)
        step_seconds = app.mean_step_seconds()
    assert {row.outcome for row in run.rows} == {Outcome.COMPLETE}
    assert len({row.worker for row in run.rows}) == processes
    # A plan is kept whatever a step takes; users who never pause make fewer pictures when it takes longer.
    images_per_second = (
        STREAMS_PER_SECOND if scenario == "arrivals" else STREAMS_PER_SECOND * STEP_SECONDS / step_seconds
    )
    images, steps = IMAGES_PER_SECOND.of(run), STEPS_PER_SECOND.of(run)
    assert median(run, FIRST_PREVIEW) == pytest.approx(step_seconds, rel=0.01)
    assert median(run, INTER_PREVIEW_LATENCY) == pytest.approx(step_seconds, rel=0.01)
    assert images.value == pytest.approx(images_per_second, rel=0.01)
    assert steps.value == pytest.approx(images_per_second * STEPS, rel=0.01)


def median(run, metric) -> float:
    return nearest_rank([value for row in run.measured for value in metric.of(row)], Fraction(50))
