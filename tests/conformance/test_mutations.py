"""Good streams broken mechanically: each is caught, or provably does no harm."""

import pytest

from tests.conformance.fates import Fate, fates
from tests.conformance.mutations import KINDS, STREAMS, Kind


@pytest.mark.slow
@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(" ", "-"))
def test_no_mutant_is_missed(kind: Kind, name: str) -> None:
    """An expected rule fires, or the payloads are the original's, or such as a good endpoint could have sent."""
    missed = [mutant.what for mutant, what in fates(kind, name) if what is Fate.MISSED]
    assert missed == []
