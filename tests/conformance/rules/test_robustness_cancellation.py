"""R07 over whole families of streams: one that stops is never accused, one that runs on is never acquitted."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import Verdict, load_catalogue
from conformance.core import Ending, Transcript
from conformance.judging.evaluation import judge_rule
from conformance.profiles.profile import Profile
from conformance.samples import answer, event, good_events, stream

TOLD = event({"error": {"type": "cancelled", "message": "cancelled"}})

previews = st.integers(min_value=1, max_value=16)
paces_ms = st.integers(min_value=1, max_value=1500)
endings = st.sampled_from([Ending.COMPLETE, Ending.TRUNCATED, Ending.RESET, Ending.CLOSED])
statuses = st.sampled_from([200, 202, 204, 404, 405, 500])


def verdict(usual: Transcript, cancelled: Transcript, status: int) -> Verdict:
    transcripts = (usual, replace(cancelled, probe="cancelled_generation"), answer("cancellation", status, {}))
    return judge_rule(load_catalogue().rules["R07"], transcripts, Profile(name="test")).verdict


@given(
    previews=previews,
    pace_ms=paces_ms,
    after=st.integers(min_value=1, max_value=3),
    slowdown=st.floats(min_value=0.5, max_value=1.9),
    is_told=st.booleans(),
    ending=endings,
    status=statuses,
)
def test_a_stream_that_stops_within_two_previews_is_never_accused(
    previews: int, pace_ms: int, after: int, slowdown: float, is_told: bool, ending: Ending, status: int
) -> None:
    """At whatever pace, however it ends, whatever the route answers, and on a machine that is up to twice as slow."""
    seen = good_events(previews)[: min(after, previews)]
    pieces = [*seen, *([TOLD] if is_told else [])]
    slow_ms = int(pace_ms * slowdown)
    stopped = stream(*pieces, first_ms=slow_ms, every_ms=slow_ms, ending=ending)
    usual = stream(*good_events(previews), first_ms=pace_ms, every_ms=pace_ms)
    assert verdict(usual, stopped, status) in (Verdict.PASSED, Verdict.NOT_APPLICABLE)


@given(previews=previews, pace_ms=paces_ms, slowdown=st.floats(min_value=0.9, max_value=3), status=statuses)
def test_a_stream_that_runs_to_its_result_is_never_acquitted(
    previews: int, pace_ms: int, slowdown: float, status: int
) -> None:
    """It fails, or is too short to tell; and one of a usual length that is long enough always fails."""
    slow_ms = int(pace_ms * slowdown)
    usual = stream(*good_events(previews), first_ms=pace_ms, every_ms=pace_ms)
    said = verdict(usual, stream(*good_events(previews), first_ms=slow_ms, every_ms=slow_ms), status)
    least_ms = (1000 + 2 * pace_ms) / 0.7
    expected = Verdict.FAILED if previews * pace_ms >= least_ms else Verdict.NOT_APPLICABLE
    assert said is expected
