"""A deployment that is a tenth slower is caught, an unchanged one is not: real sockets, real Locust, over and over.

``AB_REPETITIONS=200 python -m pytest tests/load/ab/test_load_ab_repeated.py`` does it 200 times, as every night; the
default is a few.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.load.simulated_app import PAYLOAD, SimulatedApp, simulated_app

ROOT = Path(__file__).parents[3]
REPETITIONS = int(os.environ.get("AB_REPETITIONS", "2"))
# Ten times quicker than a GPU, and slow enough that a busy machine is no tenth of it.
STEP_SECONDS = 0.100
SLOWER = 1.1
# What a stream takes beside its step; the slower application is slower in that, too.
OVERHEAD_SECONDS = 0.003


def verdict(baseline: SimulatedApp, candidate: SimulatedApp, seed: int, folder: Path) -> str:
    document = folder / f"{seed}.json"
    options = (
        *("--baseline", baseline.url, "--candidate", candidate.url, "--metric", "ttfp", "--seed", seed, "--users", 3),
        *("--payload", PAYLOAD % 1, "--largest-lag-seconds", 5, "--report", f"json={document}"),
    )
    subprocess.run([sys.executable, "-m", "load", "ab", *map(str, options)], cwd=ROOT, capture_output=True, check=False)
    return json.loads(document.read_text())["verdict"]


@pytest.fixture(scope="module")
def apps():
    slower = STEP_SECONDS * SLOWER + OVERHEAD_SECONDS * (SLOWER - 1)
    with (
        simulated_app(step_seconds=STEP_SECONDS) as baseline,
        simulated_app(step_seconds=STEP_SECONDS) as same,
        simulated_app(step_seconds=slower) as slow,
    ):
        yield baseline, same, slow


@pytest.mark.slow
@pytest.mark.timeout(60 + 40 * REPETITIONS)
def test_a_tenth_slower_is_caught(apps, tmp_path):
    """At least nine times in ten; never is it said that nothing regressed."""
    baseline, _, slow = apps
    verdicts = Counter(verdict(baseline, slow, seed, tmp_path) for seed in range(REPETITIONS))
    print(verdicts)  # noqa: T201 - what the nightly log is read for
    assert verdicts["regressed"] >= 0.9 * REPETITIONS, verdicts
    assert verdicts["no regression"] == 0


@pytest.mark.slow
@pytest.mark.timeout(60 + 40 * REPETITIONS)
def test_the_same_is_not_blamed(apps, tmp_path):
    """One false alarm in a hundred at the most."""
    baseline, same, _ = apps
    verdicts = Counter(verdict(baseline, same, seed, tmp_path) for seed in range(REPETITIONS))
    print(verdicts)  # noqa: T201 - what the nightly log is read for
    assert verdicts["regressed"] <= 0.01 * REPETITIONS, verdicts
