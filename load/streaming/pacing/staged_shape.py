"""The abstract Locust shape of scenarios whose number of users changes."""

from abc import abstractmethod
from typing import Any

from locust import LoadTestShape

from load.run import Mark, MarkKind
from load.streaming.pacing.scenario_options import seconds_of_run
from load.streaming.run.run_clock import since_start_ns

__all__ = ["StagedShape"]

# Locust warns where more are to be started.
_MOST_STARTED_PER_SECOND = 100.0


class StagedShape(LoadTestShape):
    """Says how many users there are, and marks on the run's time axis when that changes.

    Locust calls :meth:`tick` about once a second, in the only process or in the master. ``--users`` is the most there
    are, and ``--run-time`` ends the run, as in any scenario.
    """

    abstract = True
    use_common_options = True
    _marked: str | None = None

    @property
    def options(self) -> Any:
        """The options that Locust was started with."""
        return self.runner.environment.parsed_options

    @property
    def rows(self) -> Any:
        """The recorder of the run, or None before the first user."""
        return self.runner.environment.stream_rows

    @property
    def most_users(self) -> int:
        """The largest number of users that is allowed."""
        return int(self.options.num_users or 1)

    def now_ns(self) -> int:
        """The instant, since the start of the run; 0 before the first user."""
        # A run that ended left its recorder behind: the next one has not begun then.
        if self.rows is None or self.rows.is_closed:
            return 0
        return since_start_ns(self.runner.environment)

    def mark(self, kind: MarkKind, text: str, *, at_ns: int | None = None) -> None:
        """Put a mark at an instant of the run; this one, if left out."""
        self.rows.add_mark(Mark(at_ns=self.now_ns() if at_ns is None else at_ns, kind=kind, text=text))

    def reset_time(self) -> None:
        """A run begins."""
        super().reset_time()
        self._marked = None

    def tick(self) -> tuple[int, float] | None:
        """How many users there are to be, all of them started at once; None when the run is over."""
        now_ns = self.now_ns()
        if now_ns >= seconds_of_run(self.options) * 1e9:
            return None
        named = self.stage(now_ns)
        if named is None:
            return None
        users, text = named
        if text != self._marked and now_ns:
            # The first users are there before the first mark can be made.
            self.mark(MarkKind.STAGE, text, at_ns=0 if self._marked is None else now_ns)
            self._marked = text
        return users, min(float(self.most_users), _MOST_STARTED_PER_SECOND)

    @abstractmethod
    def stage(self, now_ns: int) -> tuple[int, str] | None:
        """How many users there are to be now, and the text of the mark; None when all stages are over."""
