"""The suite that `pytest conformance --endpoint URL` (or `--pyargs conformance.suite`) collects.

`from conformance.suite import test_rule` in a test file of one's own makes the same items there.
"""

from conformance.suite.test_endpoint import test_rule

__all__ = ["test_rule"]
