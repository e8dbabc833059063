"""How a command ends; the same numbers as the other commands of this project."""

from collections.abc import Sequence
from enum import IntEnum

from load.objectives import Standing, Verdict
from load.regression.verdict import RegressionVerdict
from load.run import Run
from load.validity import Invalidity

__all__ = ["ExitCode", "exit_code", "exit_code_of_turns"]


class ExitCode(IntEnum):
    """How a command ends."""

    HELD = 0
    FELL_SHORT = 1
    USAGE = 2
    NOT_JUDGED = 3
    """Nothing, or not enough, came back to judge; or the run is invalid: the generator measured itself."""


def exit_code(run: Run, verdicts: Sequence[Verdict], invalid: Sequence[Invalidity]) -> ExitCode:
    """What a run and its verdicts come to.

    A run that is invalid never falls short, since what it measured may be the generator, and is never held either.
    """
    standings = {verdict.standing for verdict in verdicts}
    if invalid or not any(row.pictures for row in run.rows):
        return ExitCode.NOT_JUDGED
    if Standing.FELL_SHORT in standings:
        return ExitCode.FELL_SHORT
    return ExitCode.NOT_JUDGED if Standing.NOT_TESTABLE in standings else ExitCode.HELD


def exit_code_of_turns(verdict: RegressionVerdict, invalid: Sequence[Invalidity]) -> ExitCode:
    """What a comparison of two deployments comes to. A run that measured the generator neither passes nor fails."""
    if invalid or verdict is RegressionVerdict.NOT_ENOUGH_DATA:
        return ExitCode.NOT_JUDGED
    return ExitCode.FELL_SHORT if verdict is RegressionVerdict.REGRESSED else ExitCode.HELD
