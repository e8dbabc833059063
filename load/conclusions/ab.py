"""Whether the candidate is slower than the baseline, and what it took to know."""

from load.regression.interleaved_comparison import InterleavedComparison
from load.regression.sentences import cost_sentence, verdict_sentence
from load.run import Run

__all__ = ["conclude"]


def conclude(run: Run) -> tuple[str, ...]:
    """The verdict, and its cost."""
    comparison = InterleavedComparison.of(run)
    return verdict_sentence(comparison), cost_sentence(comparison)
