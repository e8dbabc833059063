"""What one way of doing things changes, from rounds in which each way had its turn on the same endpoint."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import exp, log

from load.conclusions.claims import CLAIM_CONFIDENCE, excludes
from load.conclusions.phrases import ratio_phrase
from load.estimate import Estimate, mean_estimate
from load.run import Run
from load.stream_row import StreamRow

__all__ = ["LEAST_ROUNDS", "Figure", "effect", "effect_sentence", "round_ns"]

LEAST_ROUNDS = 3
"""With fewer there is an interval, but a useless one."""

_NS_PER_SECOND = 1_000_000_000
_DEFAULT_BLOCK_SECONDS = 20.0

Figure = Callable[[Sequence[StreamRow]], float | None]
"""One number of the streams of a block, or None when they have none."""


def effect(run: Run, group: str, reference: str, *, arms: int, figure: Figure) -> Estimate | None:
    """How many times the figure of one group is that of another, both taken from the same rounds.

    A round is as many blocks as there are arms, so that each has had its turn; its ratio is one observation, and the
    interval is Student's, of their logarithms. Streams of one block depend on each other, and are never counted as
    observations (pseudo-replication: Hurlbert 1984).

    Args:
        run: The run, whose fingerprint says how long a block is.
        group: The group that is compared.
        reference: The group that it is compared with.
        arms: How many ways take turns.
        figure: What is compared.

    Returns:
        The ratio, or None with fewer rounds than :data:`LEAST_ROUNDS`.
    """
    logarithms = [
        log(of_group / of_reference) for of_group, of_reference in _pairs(run, group, reference, arms, figure)
    ]
    if len(logarithms) < LEAST_ROUNDS:
        return None
    mean = mean_estimate(logarithms, confidence=CLAIM_CONFIDENCE)
    return Estimate(
        value=exp(mean.value),
        low=None if mean.low is None else exp(mean.low),
        high=None if mean.high is None else exp(mean.high),
        streams=mean.streams,
    )


def effect_sentence(what: str, than: str, ratio: Estimate | None) -> str:
    """The effect on a figure in one sentence, or why there is none to tell.

    Args:
        what: The figure and where it was taken, such as ``time to first preview beside slow readers``.
        than: What it is compared with, such as ``without``.
        ratio: The effect.
    """
    if ratio is None:
        return f"{what}: too few rounds to say, it takes {LEAST_ROUNDS} in which each way had its turn"
    if not excludes(ratio, 1):
        return f"{what} is not to be told from that {than}: {ratio_phrase(ratio)}"
    return f"{what} is {ratio_phrase(ratio)} that {than}"


def round_ns(run: Run, *, arms: int) -> int:
    """How long a round of so many blocks is, in nanoseconds."""
    block_seconds = float(dict(run.fingerprint.workload).get("block_seconds", _DEFAULT_BLOCK_SECONDS))
    return round(arms * block_seconds * _NS_PER_SECOND)


def _pairs(run: Run, group: str, reference: str, arms: int, figure: Figure) -> list[tuple[float, float]]:
    long_ns = round_ns(run, arms=arms)
    rounds: dict[int, dict[str, list[StreamRow]]] = defaultdict(lambda: defaultdict(list))
    for row in run.measured:
        rounds[row.planned_ns // long_ns][row.group].append(row)
    figures = ((figure(of_round[group]), figure(of_round[reference])) for _, of_round in sorted(rounds.items()))
    return [(one, other) for one, other in figures if one and other]
