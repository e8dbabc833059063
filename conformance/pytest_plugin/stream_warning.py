"""The warning of this plugin, apart from what is heavy to import."""

__all__ = ["StreamWarning"]


class StreamWarning(UserWarning):
    """A SHOULD rule fell short, or a known failure is about to expire."""


# The name that users write in their own filters.
StreamWarning.__module__ = "conformance.pytest_plugin"
