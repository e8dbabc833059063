"""The course of a whole generation: how long it waits, how long it goes on, how it is paced.

Rules about a generation that somebody left or cancelled compare it with the usual course.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_high, median_low

from conformance.catalogue import NotApplicable
from conformance.core.timing import in_seconds
from conformance.stream.evidence import Evidence

__all__ = ["Course", "is_whole", "usual_course"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What one generation takes when nobody disturbs it.

    Attributes:
        wait_seconds: From the request to the first result.
        rest_seconds: From the place where another one was disturbed to the last event.
        pause_seconds: The longest pause in the rest.
        results_seconds: From the first result to the last.
        results: How many results there are, previews and final.
    """

    wait_seconds: float
    rest_seconds: float
    pause_seconds: float
    results_seconds: float
    results: int

    @classmethod
    def of(cls, evidence: Evidence, *, seen: int = 1) -> "Course":
        """The course of a generation with a result, as if it had been disturbed after as many events as were seen."""
        instants = [event.at_ns for event in evidence.events]
        rest = instants[min(seen, len(instants)) - 1 :]
        # What comes before the first result may only tell of a queue.
        first_ns, last_ns = evidence.result_events[0].at_ns, evidence.result_events[-1].at_ns
        return cls(
            wait_seconds=in_seconds(first_ns - (evidence.transcript.phases.request_sent_ns or 0)),
            rest_seconds=in_seconds(rest[-1] - rest[0]),
            pause_seconds=in_seconds(max((later - earlier for earlier, later in pairwise(rest)), default=0)),
            results_seconds=in_seconds(last_ns - first_ns),
            results=len(evidence.result_events),
        )


def usual_course(generations: Sequence[Evidence], seen: int) -> Course:
    """The course of generations that were left alone.

    Args:
        generations: Some recorded generations; those that did not end by themselves with a result do not count.
        seen: After how many events another generation was disturbed.

    Raises:
        NotApplicable: None of them is whole.
    """
    courses = [Course.of(evidence, seen=seen) for evidence in generations if is_whole(evidence)]
    if not courses:
        raise NotApplicable("generations that ended by themselves with a result: 0")
    return Course(
        wait_seconds=median_high(course.wait_seconds for course in courses),
        rest_seconds=median_low(course.rest_seconds for course in courses),
        pause_seconds=max(course.pause_seconds for course in courses),
        results_seconds=median_high(course.results_seconds for course in courses),
        results=median_high(course.results for course in courses),
    )


def is_whole(evidence: Evidence) -> bool:
    """Whether a generation ended by itself with a result."""
    return evidence.transcript.end.ending.is_clean and bool(evidence.result_events)
