"""F04: the stream closes soon after the final event."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending
from conformance.core.timing import in_seconds
from conformance.rules.final import result_of
from conformance.samples import event, good_events, preview, stream, timed_stream
from conformance.stream.conventions import Conventions, EndMarker
from conformance.stream.evidence import Event, Evidence
from conformance.stream.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Numbers of this rule.

    Attributes:
        close_seconds: The longest time from the final event to the end of the stream.
        slack_seconds: What is let through beside it, for an end that the network held back longer than the event.
    """

    close_seconds: float = 2.0
    slack_seconds: float = 0.5


@rule(
    id="F04",
    name="late-close",
    requirement="The stream closes within 2 s (`close_seconds`) of the final event.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://github.com/fal-ai/fal/blob/main/projects/fal_client/src/fal_client/client.py",
    rationale="The end of the stream is the only sign that both official clients wait for, and fal_client has no read "
    "timeout. A network may hold the end back longer than the event, so half a second more is let through. Comments "
    "may follow the final event within that time; an end marker of the profile is waited for first. In a stream that "
    "never ended, the final event is known by its mark only; without one nothing tells a late close from a stalled "
    "generation.",
    consequence="Callers hold the finished picture and still wait: fal-js's done() stays pending, fal_client's loop "
    "hangs, for ever if the stream never closes.",
    fix="End the generator right after the final yield, and clean up afterwards or in a background task.",
    requires=("F01",),
    options=Options(),
    passes=lambda: (
        sample("closed at once", stream(*good_events())),
        sample("closed after 1.9 s", stream(*good_events(), end_after_ms=1900)),
        sample("closed after 2.3 s, as a lost packet makes of less", stream(*good_events(), end_after_ms=2300)),
        sample(
            "the profile's end marker 4 s after the final event, then closed",
            timed_stream(
                [*((500 * at, piece) for at, piece in enumerate(good_events(), start=1)), (6500, b"data: [DONE]\n\n")],
                end_ms=6510,
            ),
            conventions=Conventions(end_marker=EndMarker(data="[DONE]")),
        ),
        sample("a comment, then closed", stream(*good_events(), b": bye\n\n", end_after_ms=1000)),
        sample(
            "a generation that stalls before its final event",
            stream(event(preview(1)), end_after_ms=12_000, ending=Ending.TIMED_OUT),
        ),
    ),
    fails=lambda: (
        sample("closed after 5 s", stream(*good_events(), end_after_ms=5000)),
        sample(
            "held open until the recorder lost patience",
            stream(*good_events(), end_after_ms=12_000, ending=Ending.TIMED_OUT),
        ),
        sample(
            "comments for 6 s, then closed",
            timed_stream(
                [
                    *((500 * at, piece) for at, piece in enumerate(good_events(), start=1)),
                    *((2500 + 2000 * at, b": ping\n\n") for at in (1, 2, 3)),
                ],
                end_ms=8501,
            ),
        ),
    ),
)
def check(generation: Evidence, options: Options) -> Iterator[Finding]:
    """Measure from the final event to the end."""
    end = generation.transcript.end
    last = _final(generation)
    waited = in_seconds(end.at_ns - last.at_ns)
    if waited > options.close_seconds + options.slack_seconds:
        state = "was still open" if end.ending is Ending.TIMED_OUT else "closed"
        yield generation.finding(
            f"the stream {state} {waited:.1f} s after the final event, expected it to close within "
            f"{options.close_seconds:g} s",
            event=last,
            at_ns=end.at_ns,
        )


def _final(generation: Evidence) -> Event:
    if generation.end_mark is not None:
        return generation.end_mark
    if generation.transcript.end.ending is not Ending.TIMED_OUT:
        return result_of(generation)
    if not generation.marked_finals:
        raise NotApplicable("the stream did not end by itself, and no event is marked final")
    return generation.marked_finals[-1]
