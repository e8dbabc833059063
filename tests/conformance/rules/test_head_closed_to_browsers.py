"""H17 with its option set, which samples cannot do."""

import pytest

from conformance.catalogue import Verdict
from conformance.core import Headers
from conformance.judging.evaluation import judge_rule
from conformance.profiles.profile import Profile
from conformance.rules.head.closed_to_browsers import check as closed_to_browsers
from conformance.samples import SSE_HEADERS, good_events, stream

BROWSER_MODE = Profile(name="browsers", options={"H17": {"browser_mode": True}})


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ((), Verdict.FAILED),
        ((("access-control-allow-origin", "https://pictures.example"),), Verdict.PASSED),
    ],
)
def test_browser_mode_judges_a_request_without_origin(headers: Headers, verdict: Verdict) -> None:
    """With browser_mode, some allowed origin is expected even if the request named none."""
    transcript = stream(*good_events(), headers=(*SSE_HEADERS, *headers))
    assert judge_rule(closed_to_browsers, [transcript], BROWSER_MODE).verdict is verdict
