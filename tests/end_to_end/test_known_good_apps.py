"""Apps that are known to be good stay green: the reference app, and the shape that fal documents."""

import os
from collections.abc import Iterator

import pytest

from conformance.catalogue import Level
from conformance.examination import check_endpoint
from conformance.judging.report import Outcome, Report
from reference_app.app import StreamSDXL
from tests.end_to_end.conftest import ServeApp
from tests.end_to_end.documented_example import DocumentedExample
from tests.end_to_end.shortfalls import fallen_short

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def simulated_report(serve_app: ServeApp) -> Iterator[Report]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "REFERENCE_APP_PIPELINE", "simulated")
        patch.setitem(os.environ, "REFERENCE_APP_STEP_SECONDS", "0.05")
        yield check_endpoint(f"{serve_app(StreamSDXL)}/stream")


def test_the_reference_app_keeps_every_must(simulated_report: Report) -> None:
    """No MUST falls short."""
    assert (fallen_short(simulated_report, Level.MUST), simulated_report.outcome) == ({}, Outcome.HELD)


def test_the_reference_app_earns_no_warning(simulated_report: Report) -> None:
    """No SHOULD falls short either."""
    assert fallen_short(simulated_report, Level.SHOULD) == {}


def test_the_documented_example_keeps_every_must(serve_app: ServeApp) -> None:
    """An app of the documented shape passes every MUST; what it lacks are warnings."""
    report = check_endpoint(f"{serve_app(DocumentedExample)}/stream")
    assert (fallen_short(report, Level.MUST), report.outcome) == ({}, Outcome.HELD)
