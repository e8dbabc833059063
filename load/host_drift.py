"""Whether the endpoint's machine changed its speed while a run went on: the same request, alone, now and then."""

from load.metrics.time_to_final import TIME_TO_FINAL
from load.run import CALIBRATION_GROUP, Run

__all__ = ["NOISY_DRIFT", "host_drift", "is_noisy"]

NOISY_DRIFT = 0.03
"""A run in which the same request took 3 % longer at one time than at another says little about a deploy of 5 %."""

_SETTING = "calibration_requests"
_LEAST_MOMENTS = 2


def host_drift(run: Run) -> float | None:
    """How much longer the same request took at the slowest moment than at the quickest, as a share.

    Of each moment the shortest time to final counts: whatever else happens only makes a stream longer. None where the
    run has fewer than two moments.
    """
    each = int(dict(run.fingerprint.workload).get(_SETTING, "0"))
    if not each:
        return None
    sent = sorted((row for row in run.rows if row.group == CALIBRATION_GROUP), key=lambda row: row.planned_ns)
    moments = [TIME_TO_FINAL.per_stream(sent[start : start + each]) for start in range(0, len(sent), each)]
    shortest = [min(value for of_stream in moment for value in of_stream) for moment in moments if moment]
    return None if len(shortest) < _LEAST_MOMENTS else max(shortest) / min(shortest) - 1


def is_noisy(run: Run) -> bool:
    """Whether the machine drifted by more than :data:`NOISY_DRIFT`."""
    drift = host_drift(run)
    return drift is not None and drift > NOISY_DRIFT
