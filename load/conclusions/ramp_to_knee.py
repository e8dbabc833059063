"""Where the endpoint breaks, as the search said."""

from load.run import MarkKind, Run

__all__ = ["conclude"]


def conclude(run: Run) -> tuple[str, ...]:
    """The sentence of the search, which is a mark of the run."""
    kinds = (MarkKind.KNEE, MarkKind.UNRESOLVED)
    sentences = tuple(mark.text for mark in run.marks if mark.kind in kinds)
    return sentences or ("unresolved: the run ended before the search did",)
