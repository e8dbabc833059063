"""The errors this project raises on purpose.

::

    ConformanceError
    ├── UsageError              what the user asked for cannot be done as asked (exit code 2)
    │   ├── ProfileError        a profile, known-failures list or rule id is not valid
    │   └── TranscriptError     a transcript file cannot be read as one
    ├── EventTooLargeError      one event exceeds the decoder's limit
    ├── StreamTooLargeError     a body exceeds what is read of it
    └── CatalogueError          a rule breaks the catalogue's own discipline (a mistake of ours)

What an *endpoint* does wrong is never an exception: it is a finding, and how a stream ended is data.
"""

__all__ = [
    "CatalogueError",
    "ConformanceError",
    "EventTooLargeError",
    "ProfileError",
    "StreamTooLargeError",
    "TranscriptError",
    "UsageError",
]


class ConformanceError(Exception):
    """Base of every error of this package."""


class UsageError(ConformanceError):
    """The request itself is at fault; its text is one line that says what to change."""


class ProfileError(UsageError):
    """A profile, a known-failures list or a selection of rules is not valid."""


class TranscriptError(UsageError):
    """A transcript file is damaged, of another format or of a newer version."""


class EventTooLargeError(ConformanceError):
    """An unfinished event grew past the decoder's ``max_event_bytes``."""


class StreamTooLargeError(ConformanceError):
    """A body grew past one of the bounds within which it is read."""


class CatalogueError(ConformanceError):
    """A rule module does not keep the catalogue's discipline."""
