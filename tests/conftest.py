"""What holds for every test: Hypothesis's patience, and no more collected than a rule's own tests need."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: how long an example takes says more of the machine than of the code.
settings.register_profile("patient", deadline=None)
settings.register_profile("patient-ci", settings.get_profile("ci"), deadline=None)
# Too many for every property: name the tests to run (`HYPOTHESIS_PROFILE=nightly python -m pytest tests/…`).
settings.register_profile("nightly", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("patient-ci" if os.environ.get("CI") else "patient"))

_RULE_ID = re.compile(r"[A-Z][0-9]{2}")
_OF_RULES = Path(__file__).parent / "conformance"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out, for ``-k S03``, what has no tests of rules: to import torch, fal and locust takes longer than they."""
    is_one_rule = _RULE_ID.fullmatch(config.option.keyword) is not None
    is_elsewhere = collection_path.parent == _OF_RULES.parent and collection_path != _OF_RULES
    return True if is_one_rule and is_elsewhere else None
