"""``--depth full`` against the reference app: nothing falls short, and it costs what was announced."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from conformance.catalogue import Level, Verdict
from conformance.examination import check_endpoint, plan_probes
from conformance.judging.report import Outcome, Report
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth, load_probes
from reference_app.app import StreamSDXL
from reference_app.pipelines.protocol import Pipeline
from reference_app.pipelines.simulated import SimulatedDenoising, SimulatedPipeline
from tests.end_to_end.conftest import ServeApp
from tests.end_to_end.shortfalls import fallen_short

pytestmark = pytest.mark.slow

STEP_SECONDS = 0.1
PAYLOAD = {"prompt": "a lighthouse above a stormy sea", "seed": 1, "num_inference_steps": 12}
NOT_ASKED = {"no_credentials", "http2_generation"}
CANCEL_URL = "/stream/cancel"
FAILING_PAYLOAD = {**PAYLOAD, "prompt": "fail"}


class FailsWhenTold(SimulatedPipeline):
    """Fails midway for one prompt."""

    def step(self, batch: Sequence[SimulatedDenoising]) -> None:
        SimulatedPipeline.step(self, batch)
        if batch[0].request.prompt == FAILING_PAYLOAD["prompt"] and batch[0].steps_done == 7:
            raise RuntimeError("told to fail")


class FailingApp(StreamSDXL):
    """The reference app around that pipeline."""

    def load_pipeline(self) -> Pipeline[Any]:
        return FailsWhenTold(step_seconds=STEP_SECONDS)


@pytest.fixture(scope="module")
def report(serve_app: ServeApp) -> Iterator[Report]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "REFERENCE_APP_PIPELINE", "simulated")
        yield check_endpoint(
            f"{serve_app(FailingApp)}/stream",
            payload=PAYLOAD,
            depth=Depth.FULL,
            failing_payload=FAILING_PAYLOAD,
            plain_url="/",
            fetch_results=True,
            cancel_url=CANCEL_URL,
        )


@pytest.mark.parametrize("level", [Level.MUST, Level.SHOULD])
def test_nothing_falls_short(report: Report, level: Level) -> None:
    """The reference app keeps every rule that full depth adds."""
    assert (fallen_short(report, level), report.outcome) == ({}, Outcome.HELD)


def test_inline_pictures_are_not_fetched(report: Report) -> None:
    """There is nothing to fetch, and the rule says so."""
    result = next(result for result in report.results if result.rule.id == "I08")
    assert result.reason == "no event shows a picture behind an http(s) URL"


def test_every_probe_was_asked(report: Report) -> None:
    """All but those that need credentials or TLS, and the one request that is sent while an answer is read."""
    asked = list(dict.fromkeys(item.probe for item in report.transcripts))
    assert asked.pop(asked.index("cancelled_generation") + 1) == "cancellation"
    assert asked == [name for name in load_probes() if name not in NOT_ASKED]


def test_it_costs_what_was_announced(report: Report) -> None:
    """The plan's numbers are those of the report."""
    endpoint = Endpoint(
        url=report.endpoint, payload=PAYLOAD, failing_payload=FAILING_PAYLOAD, plain_url="/", cancel_url=CANCEL_URL
    )
    plan = plan_probes(endpoint, depth=Depth.FULL)
    assert (report.cost.generations, report.cost.requests) == (plan.generations, plan.requests)


def test_full_depth_judges_what_quick_depth_cannot(report: Report) -> None:
    """The rules about failing input and about the plain answer have something to judge."""
    verdicts = {result.rule.id: result.verdict for result in report.results}
    assert {id_: verdicts[id_] for id_ in ("H12", "E03", "F06")} == dict.fromkeys(("H12", "E03", "F06"), Verdict.PASSED)


def test_the_clean_end_after_an_error_is_a_note_only(report: Report) -> None:
    """On fal an app cannot end otherwise, so that it costs no warning."""
    verdicts = {result.rule.id: result.verdict for result in report.results}
    assert (verdicts["E04"], "E04" in {result.rule.id for result in report.warnings}) == (Verdict.FAILED, False)
