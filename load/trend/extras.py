"""Which extra brings what is not installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from load.errors import UsageError

__all__ = ["extra"]


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Around imports of what an extra of this package brings.

    Raises:
        UsageError: It is not installed; the error says how to have it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed: pip install 'fal-stream-conformance[{name}]'") from error
