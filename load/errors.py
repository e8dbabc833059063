"""The errors this package raises on purpose. How a stream failed is never one of them: it is data.

::

    conformance.core.ConformanceError
    ├── UsageError                  what the user asked for cannot be done as asked (exit code 2)
    │   ├── DatasetError            a dataset is not JSON Lines or CSV, or its file cannot be read
    │   ├── EndpointError           the text names no endpoint that can be sent a POST
    │   ├── FalKeyError             FAL_KEY cannot be sent in a header
    │   ├── HistoryError            a history cannot be opened, read or written, or has no such run
    │   ├── ObjectiveError          an objective cannot be read, or does not fit its metric
    │   ├── PayloadError            the payload is not JSON, or its file cannot be read
    │   ├── RunFileError            a file does not hold a run
    │   └── ScenarioError           there is no such scenario
    └── NothingRecordedError        a run left nothing to judge (exit code 3)
"""

from conformance.core import ConformanceError, UsageError

__all__ = [
    "DatasetError",
    "EndpointError",
    "FalKeyError",
    "HistoryError",
    "NothingRecordedError",
    "ObjectiveError",
    "PayloadError",
    "RunFileError",
    "ScenarioError",
    "UsageError",
]


class DatasetError(UsageError):
    """A dataset of payloads cannot be read."""


class EndpointError(UsageError):
    """The text names no endpoint."""


class FalKeyError(UsageError):
    """``FAL_KEY`` cannot be sent in a header."""


class HistoryError(UsageError):
    """A history cannot be opened, read or written, or it has no such run."""


class ObjectiveError(UsageError):
    """An objective cannot be read, or does not fit its metric."""


class PayloadError(UsageError):
    """The payload is not JSON, or its file cannot be read."""


class RunFileError(UsageError):
    """A file does not hold a run."""


class ScenarioError(UsageError):
    """There is no such scenario."""


class NothingRecordedError(ConformanceError):
    """A run left nothing to judge: the endpoint could not be reached, or the generator failed."""
