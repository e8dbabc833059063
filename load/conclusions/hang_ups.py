"""How soon the GPU stops for those who left, and what their leaving did to the others."""

from collections import defaultdict

from load.conclusions.claims import CLAIM_CONFIDENCE
from load.conclusions.figures import mean_time_to_final, median_ttfp
from load.conclusions.phrases import seconds
from load.conclusions.rounds import LEAST_ROUNDS, effect, effect_sentence, round_ns
from load.estimate import Estimate, mean_estimate
from load.run import Run, ServerSample
from load.stream_row import Outcome, StreamRow

__all__ = ["conclude", "stop_seconds"]

_BESIDE, _WITHOUT = "stays", "nobody leaves"
_AT_WORK = ("generations_running", "generations_waiting", "requests_running", "requests_waiting")
_NS_PER_SECOND = 1e9


def conclude(run: Run) -> tuple[str, ...]:
    """When work for those who left stops, as the server tells; and how the others fared beside them."""
    others = (
        effect_sentence(
            f"{name} beside users who leave", "without", effect(run, _BESIDE, _WITHOUT, arms=2, figure=figure)
        )
        for name, figure in (("time to first preview", median_ttfp), ("time to final", mean_time_to_final))
    )
    return (_stop_sentence(run), *others)


def stop_seconds(run: Run) -> Estimate | None:
    """For how long the server goes on with a stream after its user left, in seconds.

    The server says how many streams it is at work on, and the rows say how many still have a user. What there is
    more, on average, is how many leave a second times how long the server goes on with each (Little 1961). The same
    difference where nobody leaves is taken off: it is what the two counts differ by anyway.

    Returns:
        The mean over rounds, or None where the server was not sampled, or in too few rounds.
    """
    long_ns = round_ns(run, arms=2)
    rounds: dict[int, dict[bool, list[float]]] = defaultdict(lambda: defaultdict(list))
    leavings = _leavings_by_block(run, long_ns // 2)
    for sample in run.samples:
        block = sample.at_ns // (long_ns // 2)
        orphans = _orphans(sample, run.rows)
        if orphans is not None and block in leavings:
            rounds[sample.at_ns // long_ns][leavings[block] > 0].append(orphans)
    found = []
    for number, of_round in rounds.items():
        left = leavings.get(2 * number, 0) + leavings.get(2 * number + 1, 0)
        if of_round[True] and of_round[False]:
            more = _mean(of_round[True]) - _mean(of_round[False])
            found.append(more / (left / (long_ns / 2 / _NS_PER_SECOND)))
    return mean_estimate(found, confidence=CLAIM_CONFIDENCE) if len(found) >= LEAST_ROUNDS else None


def _stop_sentence(run: Run) -> str:
    stop = stop_seconds(run)
    if stop is None or stop.low is None or stop.high is None:
        return (
            "how soon the GPU stops for those who left: the server was not sampled, or in too few rounds; "
            "where it has no time to spare, others are faster beside users who leave if it stops, and no faster if not"
        )
    rounds = f"{stop.streams} rounds"
    if stop.low <= 0:
        within = f"within {seconds(stop.high)}, {rounds}"
        return f"the server stops for those who left sooner than its samples can tell: {within}"
    return (
        f"the server goes on for {seconds(stop.value)} with a stream whose user left "
        f"({seconds(stop.low)} to {seconds(stop.high)}, {rounds})"
    )


def _leavings_by_block(run: Run, block_ns: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for row in run.measured:
        block = row.planned_ns // block_ns
        found[block] = found.get(block, 0) + (row.outcome is Outcome.LEFT)
    return found


def _orphans(sample: ServerSample, rows: tuple[StreamRow, ...]) -> float | None:
    at_work = [value for name, value in sample.values if name.partition("{")[0].endswith(_AT_WORK)]
    if not at_work:
        return None
    return sum(at_work) - sum(row.sent_ns <= sample.at_ns < row.end_ns for row in rows)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
