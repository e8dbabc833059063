"""The index's schema, step by step; see :mod:`load.history.migration`."""
