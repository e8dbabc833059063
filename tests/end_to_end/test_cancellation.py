"""Cancelling a stream by its request id: the reference app stops, and an app whose route does nothing is caught."""

import asyncio
import os
from dataclasses import replace
from typing import Any

import fal
import pytest
from fastapi import HTTPException

from conformance.catalogue import Verdict
from conformance.core import Transcript
from conformance.core.timing import in_seconds
from conformance.examination import examine, plan_probes
from conformance.judging.evaluation import evaluate
from conformance.judging.rule_result import RuleResult
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth
from conformance.profiles.profile_file import load_profile
from conformance.recorders import Recorder
from reference_app.app import StreamSDXL
from reference_app.events import Cancellation
from reference_app.pipelines.protocol import Pipeline
from reference_app.pipelines.simulated import SimulatedPipeline
from tests.end_to_end.conftest import ServeApp

pytestmark = pytest.mark.slow

PAYLOAD = {"prompt": "a lighthouse", "seed": 1, "num_inference_steps": 30, "preview_every_steps": 3}


class SlowApp(StreamSDXL):
    """The reference app with generations of three seconds."""

    def load_pipeline(self) -> Pipeline[Any]:
        return SimulatedPipeline(step_seconds=0.1)


class IdleRoute(SlowApp):
    """Says that it has cancelled, and does nothing."""

    @fal.endpoint("/stream/cancel")
    async def cancel(self) -> Cancellation:
        return Cancellation(cancelled=True)


class LateRoute(SlowApp):
    """Cancels when it is nearly too late."""

    @fal.endpoint("/stream/cancel")
    async def cancel(self) -> Cancellation:
        asyncio.get_running_loop().call_later(2.2, self.queue.cancel, self._request_id())
        return Cancellation(cancelled=True)


class ForgetfulRoute(SlowApp):
    """Knows no request, as where another process took it."""

    @fal.endpoint("/stream/cancel")
    async def cancel(self) -> Cancellation:
        raise HTTPException(404, "no such request")


@pytest.fixture(autouse=True)
def simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "REFERENCE_APP_PIPELINE", "simulated")


def judge(origin: str, cancel_path: str = "/stream/cancel") -> tuple[RuleResult, dict[str, Transcript]]:
    """R07's verdict, with nothing asked but the generation and the cancelled one; and what was recorded."""
    endpoint = Endpoint(url=f"{origin}/stream", payload=PAYLOAD, cancel_url=f"{origin}{cancel_path}")
    plan = plan_probes(endpoint, depth=Depth.FULL)
    asks = tuple(ask for ask in plan.asks if ask.probe.name in ("generation", "cancelled_generation"))
    examination = examine(endpoint, replace(plan, asks=asks), Recorder())
    report = evaluate(examination.transcripts, load_profile("fal-image"), not_asked=examination.not_asked)
    result = next(result for result in report.results if result.rule.id == "R07")
    return result, {item.probe: item for item in examination.transcripts}


def test_the_reference_app_stops(serve_app: ServeApp) -> None:
    """The stream ends with an error event well before its usual end."""
    result, recorded = judge(serve_app(SlowApp))
    cancelled = recorded["cancelled_generation"]
    assert (result.verdict, result.findings) == (Verdict.PASSED, ())
    assert b'"cancelled"' in cancelled.body
    assert in_seconds(cancelled.end.at_ns) < in_seconds(recorded["generation"].end.at_ns) / 2


def test_the_cancellation_bears_the_id_of_the_stream(serve_app: ServeApp) -> None:
    """Both requests have the same x-fal-request-id, which is readable in the transcript."""
    _, recorded = judge(serve_app(SlowApp))
    ids = {
        dict(recorded[name].request.headers)["x-fal-request-id"] for name in ("cancelled_generation", "cancellation")
    }
    assert (len(ids), "[redacted]" in ids) == (1, False)
    assert recorded["cancellation"].body == b'{"cancelled":true}'


@pytest.mark.parametrize(
    ("app", "said"),
    [
        pytest.param(IdleRoute, "answered with 200, the generation ran to its result", id="does-nothing"),
        pytest.param(ForgetfulRoute, "answered with 404, the generation ran to its result", id="404"),
        pytest.param(LateRoute, "answered with 200, the stream went on for 2.", id="late"),
    ],
)
def test_an_app_that_does_not_stop_is_caught(serve_app: ServeApp, app: Any, said: str) -> None:
    """What counts is the stream, not what the route says."""
    result, _ = judge(serve_app(app))
    assert result.verdict is Verdict.FAILED
    assert said in result.findings[0].message


def test_a_route_that_is_not_there_is_caught(serve_app: ServeApp) -> None:
    """A 404 of the framework's, since nobody declared the route."""
    result, recorded = judge(serve_app(SlowApp), cancel_path="/stream/abort")
    assert recorded["cancellation"].head is not None
    assert (result.verdict, recorded["cancellation"].head.status) == (Verdict.FAILED, 404)
