"""What holds for every test: patience, Ctrl-C that reaches children, no more collected than a rule's own tests need."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.conformance.each_rule import asked_for, concerns

# No deadline: how long an example takes says more of the machine than of the code.
settings.register_profile("patient", deadline=None)
settings.register_profile("patient-ci", settings.get_profile("ci"), deadline=None)
# Too many for every property: name the tests to run (`HYPOTHESIS_PROFILE=nightly python -m pytest tests/…`).
settings.register_profile("nightly", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("patient-ci" if os.environ.get("CI") else "patient"))

_OF_RULES = Path(__file__).parent / "conformance"


def pytest_configure() -> None:
    """Let Ctrl-C end child processes, which inherit that a shell has its background jobs ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out, for ``-k S03``, what has no tests of S03: to import torch, fal and locust takes longer than they."""
    rule_id = asked_for(config)
    if rule_id is None:
        return None
    is_elsewhere = collection_path.parent == _OF_RULES.parent and collection_path != _OF_RULES
    is_of_others = collection_path.match("test_*.py") and not concerns(collection_path, rule_id)
    return True if is_elsewhere or is_of_others else None
