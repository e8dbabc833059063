"""Doubles the users until streams break their limits, then halves the gap: how many does the endpoint take?

``locust -f load/scenarios/ramp_to_knee.py --host URL --headless -u 64 -t 20m`` searches up to 64 users. A load holds
while ``--attainment`` of its streams meet every ``--objective`` on streams, or, without any, take at most twice what
one user alone sees. The run ends as soon as the answer is known.
"""

from typing import Any

from locust import events, task

from load.goodput import StreamLimit
from load.objectives import stream_limits
from load.objectives_file import read_options
from load.run import MarkKind
from load.scenario import StreamUser
from load.streaming.pacing.scenario_options import checked_at_start
from load.streaming.pacing.staged_shape import StagedShape
from load.workload.knee_search import KneeSearch, Resolution
from load.workload.knee_stage import KneeStage, limits_from_solo, limits_in_words

_NS_PER_SECOND = 1e9


@events.init_command_line_parser.add_listener
def _add_options(parser: Any) -> None:
    parser.add_argument(
        "--attainment",
        env_var="LOCUST_ATTAINMENT",
        metavar="SHARE",
        type=float,
        default=0.95,
        help="the share of streams that are to meet every limit",
    )
    parser.add_argument(
        "--stage-seconds",
        env_var="LOCUST_STAGE_SECONDS",
        metavar="SECONDS",
        type=float,
        default=15.0,
        help="the shortest time for each number of users",
    )
    parser.add_argument(
        "--stage-streams",
        env_var="LOCUST_STAGE_STREAMS",
        metavar="NUMBER",
        type=int,
        default=20,
        help="the fewest streams for each number of users",
    )


@checked_at_start
def _search_of(options: Any) -> KneeSearch:
    if not options.stage_seconds > 0 or options.stage_streams < 1:
        raise ValueError(
            f"a stage has {options.stage_seconds} s and {options.stage_streams} streams, "
            "expected more than 0 s and 1 stream or more"
        )
    return KneeSearch(target=options.attainment, most_users=options.num_users or 1)


class RampUser(StreamUser):
    """One person who never pauses."""

    @task
    def generate_picture(self) -> None:
        """One picture, from the POST to the end of the stream."""
        self.generate()


class RampToKnee(StagedShape):
    """The number of users that the search asks for next."""

    _search: KneeSearch
    _stage: KneeStage | None
    _limits: tuple[StreamLimit, ...]
    _has_told = True

    def reset_time(self) -> None:
        """A run begins, and with it a search."""
        super().reset_time()
        self._search = _search_of(self.options)
        self._limits = stream_limits(read_options(self.options.objective, self.options.objectives))
        self._stage = None
        self._has_told = False

    def stage(self, now_ns: int) -> tuple[int, str] | None:
        """The stage that the search is at, or the next when that is over."""
        stage = self._stage or self._entered(now_ns, before=None)
        if stage is not None and now_ns and stage.is_over(now_ns, self.rows.rows):
            self._learn(stage)
            stage = self._entered(now_ns, before=stage)
        if stage is None:
            self.tell()
            return None
        return stage.users, f"{stage.users} {'user' if stage.users == 1 else 'users'}"

    def tell(self) -> None:
        """Mark what is known by now, once."""
        if not self._has_told and self.rows is not None:
            self._has_told = True
            knee = self._search.conclude(limits_in_words(self._limits) or "a final")
            is_found = knee.resolution is not Resolution.UNRESOLVED
            self.mark(MarkKind.KNEE if is_found else MarkKind.UNRESOLVED, knee.sentence)

    def _learn(self, stage: KneeStage) -> None:
        rows = self.rows.rows
        if not self._limits:
            self._limits = limits_from_solo(stage.counted(rows))
        self._search.take(stage.users, stage.tally(rows, self._limits))

    def _entered(self, now_ns: int, *, before: KneeStage | None) -> KneeStage | None:
        users = self._search.next_users()
        if users is None:
            return None
        self._stage = KneeStage(
            users=users,
            began_ns=now_ns,
            is_continued=before is not None and before.users == users,
            least_ns=round(self.options.stage_seconds * _NS_PER_SECOND),
            least_streams=self.options.stage_streams,
        )
        return self._stage


@events.test_stopping.add_listener
def _tell(environment: Any, **_: Any) -> None:
    shape = environment.shape_class
    if isinstance(shape, RampToKnee):
        shape.tell()
