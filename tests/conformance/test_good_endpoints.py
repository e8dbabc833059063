"""No good endpoint is blamed, whatever use it makes of its freedom.

``HYPOTHESIS_PROFILE=nightly python -m pytest tests/conformance/test_good_endpoints.py`` draws ten thousand.
"""

import pytest
from hypothesis import given, settings

from conformance.catalogue import Sample, Verdict
from tests.conformance.good_endpoints.endpoints import good_endpoints
from tests.conformance.verdicts import fallen_short, verdicts

# Rules that have something to judge on every stream: were they not applicable, nothing would have been shown.
ALWAYS_JUDGED = ("H01", "H02", "S01", "S03", "S04", "J01", "J02", "F01", "F03", "F04", "C02", "C03")


@pytest.mark.slow
@settings(max_examples=max(200, settings.get_profile(settings.get_current_profile_name()).max_examples))
@given(good_endpoints())
def test_a_good_endpoint_sets_off_no_alarm(endpoint: Sample) -> None:
    """No MUST and no SHOULD falls short of a stream that keeps to all of them."""
    assert fallen_short(verdicts(endpoint)) == set()


@settings(max_examples=20)
@given(good_endpoints())
def test_a_good_endpoint_is_judged(endpoint: Sample) -> None:
    """Its silence means that the rules looked, not that they had nothing to look at."""
    said = verdicts(endpoint)
    assert {id_: said[id_] for id_ in ALWAYS_JUDGED} == dict.fromkeys(ALWAYS_JUDGED, Verdict.PASSED)
