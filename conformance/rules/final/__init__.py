"""Family F: the result at the end, and which event several of its rules take for it."""

from conformance.catalogue import NotApplicable
from conformance.signs.applicability import require_whole
from conformance.stream.evidence import Event, Evidence

__all__ = ["result_of"]


def result_of(generation: Evidence) -> Event:
    """The last event that has data, of a stream that ended by itself: the result, where F01 did not fail.

    Raises:
        NotApplicable: The stream did not end by itself, so that the last event may be any; or no event has data.
    """
    require_whole(generation)
    if generation.last_event is None:
        raise NotApplicable("events with data: 0")
    return generation.last_event
