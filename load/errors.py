"""The errors this package raises on purpose; each is a mistake in what the user asked for (exit code 2).

::

    conformance.core.UsageError
    ├── EndpointError       the text names no endpoint that can be sent a POST
    ├── ObjectiveError      an objective cannot be read, or does not fit its metric
    ├── PayloadError        the payload is not JSON, or its file cannot be read
    ├── RunFileError        a file does not hold a run
    └── ScenarioError       there is no such scenario
"""

from conformance.core import UsageError

__all__ = ["EndpointError", "ObjectiveError", "PayloadError", "RunFileError", "ScenarioError", "UsageError"]


class EndpointError(UsageError):
    """The text names no endpoint."""


class ObjectiveError(UsageError):
    """An objective cannot be read, or does not fit its metric."""


class PayloadError(UsageError):
    """The payload is not JSON, or its file cannot be read."""


class RunFileError(UsageError):
    """A file does not hold a run."""


class ScenarioError(UsageError):
    """There is no such scenario."""
